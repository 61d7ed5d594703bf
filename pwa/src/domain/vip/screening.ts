// The screening form: its entries stand in the document beside the case's own fields.
import type { VipScreening } from '../documents'

/** What the form asks; amounts in fen, `best_date` "2026-12-01". What was not asked then is absent. */
export type ScreeningForm = {
  wishes?: string
  language?: string
  etiquette?: string
  preferences?: string
  decision_maker?: string
  expected_amount?: number
  budget?: number
  best_date?: string
  history?: string
  contraindications?: string
}

const OF_THE_CASE: Record<keyof VipScreening, true> = {
  id: true,
  case_id: true,
  customer_id: true,
  decisions: true,
  created_at: true,
  updated_at: true,
  updated_by: true,
}

export function entriesOf(screening: VipScreening): ScreeningForm {
  return Object.fromEntries(Object.entries(screening).filter(([name]) => !(name in OF_THE_CASE)))
}
