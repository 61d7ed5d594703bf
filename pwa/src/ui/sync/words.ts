// A mutation in words: what it is, about whom, and its arguments for whoever wants to read them.
import type { Id } from '@/domain/documents'
import type { MutationName } from '@/domain/mutations'
import { records } from '@/state'
import { useWords } from '../words'

/** Tables whose documents belong to a customer. */
const PARTS = [
  'followup',
  'appointment',
  'treatment',
  'customer_alert',
  'conflict',
  'photo_set',
  'photo',
  'consent',
  'vip_case',
  'vip_step',
  'vip_plan',
  'vip_plan_released',
] as const

/** Arguments that say what it is about, the first that is there. */
const IDS = ['followup_id', 'set_id', 'consent_id', 'case_id', 'step_id', 'id']

interface Mutated {
  name: MutationName
  args: Record<string, unknown>
}

export function useMutationWords() {
  const words = useWords()
  const { t } = words

  const title = ({ name }: Mutated) => t(`mutation.${name.replaceAll('.', '_')}`)

  const customerOf = ({ name, args }: Mutated): Id | null => {
    if (typeof args.customer_id === 'string') return args.customer_id
    if (name.startsWith('customer.') && typeof args.id === 'string') return args.id
    const id = IDS.map((argument) => args[argument]).find((one) => typeof one === 'string')
    for (const table of PARTS) {
      const found = records.get(table, id)
      if (found) return found.customer_id
    }
    return null
  }

  const about = (mutated: Mutated): string => {
    const id = customerOf(mutated)
    if (id && (records.get('customer_brief', id) || records.get('customer', id))) return words.address(id)
    return typeof mutated.args.name === 'string' ? mutated.args.name : ''
  }

  return { ...words, title, about }
}
