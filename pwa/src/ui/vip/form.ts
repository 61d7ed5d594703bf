// The screening form as its screen holds it, and back. Amounts: yuan in the fields, fen in the document.
import type { Id, Instant, Partner, VipCase, VipScreening } from '@/domain/documents'
import { entriesOf, type ScreeningForm } from '@/domain/vip/screening'
import { records } from '@/state'
import { fromField } from '../words'

/** In the order in which one asks. */
export const WORDS = ['wishes', 'language', 'etiquette', 'preferences', 'decision_maker'] as const
export const AMOUNTS = ['expected_amount', 'budget'] as const
/** What only clinical people and those who decide read. */
export const MEDICAL = ['history', 'contraindications'] as const

export const ENTRIES = [...WORDS, ...AMOUNTS, 'best_date', ...MEDICAL] as const

export type ScreeningDraft = Record<(typeof ENTRIES)[number], string> & {
  partner_id: Id | null
  arrival: string
  party: string
}

const FEN = 100

/** Nobody chooses where there is one salon. */
const only = (partners: readonly Partner[]) => (partners.length === 1 ? (partners[0]?.id ?? null) : null)

export function draftOf(vip?: VipCase, screening?: VipScreening): ScreeningDraft {
  const said = screening ? entriesOf(screening) : {}
  const yuan = (fen?: number) => (fen === undefined ? '' : String(fen / FEN))
  const text = (entry: (typeof WORDS)[number] | (typeof MEDICAL)[number]) => said[entry] ?? ''
  return {
    partner_id: vip?.partner_id ?? only(records.all('partner')),
    arrival: '',
    party: '',
    wishes: text('wishes'),
    language: text('language'),
    etiquette: text('etiquette'),
    preferences: text('preferences'),
    decision_maker: text('decision_maker'),
    expected_amount: yuan(said.expected_amount),
    budget: yuan(said.budget),
    best_date: said.best_date ?? '',
    history: text('history'),
    contraindications: text('contraindications'),
  }
}

/** Yuan as written, in fen; null where it is no amount. */
export function fenOf(written: string): number | null {
  const yuan = Number(written.replaceAll(/[,，\s]/g, ''))
  return written.trim() === '' || !Number.isFinite(yuan) || yuan < 0 ? null : Math.round(yuan * FEN)
}

/** What was filled in. */
export function formOf(draft: ScreeningDraft): ScreeningForm {
  const texts = [...WORDS, ...MEDICAL].map((entry) => [entry, draft[entry].trim().normalize('NFC')] as const)
  const amounts = AMOUNTS.map((entry) => [entry, fenOf(draft[entry])] as const)
  const all = [...texts, ...amounts, ['best_date', draft.best_date] as const]
  return Object.fromEntries(all.filter(([, value]) => value !== '' && value !== null))
}

export function scheduleOf({ arrival, party }: ScreeningDraft): { arrival_at?: Instant; party_size?: number } {
  const arrival_at = fromField(arrival)
  const party_size = Number.parseInt(party, 10)
  return { ...(arrival_at ? { arrival_at } : {}), ...(party_size > 0 ? { party_size } : {}) }
}
