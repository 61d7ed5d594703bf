import { useWords } from '../words'

/** Why something is left: one of these, or what a person writes. */
export const reasons = ['customer_asked', 'not_picking_up', 'waits_for_doctor', 'short_staffed'] as const

export function useReasons() {
  const { t } = useWords()
  const known: readonly string[] = reasons
  const wordsOf = (reason: string) => (known.includes(reason) ? t(`excuse.${reason}`) : reason)
  return { wordsOf }
}
