// Closing a day, and looking at how others worked.
import type { Id } from '@/domain/documents'
import { type MutateAnswer, mutate, newId } from '@/state'
import { UNDO_MS } from './followups'

/** `reasons`: why a follow-up is left, by its id. `staffId`: whose day it is, when it is not one's own. */
export function signOff(date: string, reasons: ReadonlyMap<Id, string>, staffId?: Id): Promise<MutateAnswer> {
  const left = [...reasons].map(([followup_id, reason]) => ({ followup_id, reason }))
  const whose = staffId ? { staff_id: staffId } : {}
  return mutate('day.sign_off', { id: newId(), date, left, ...whose }, { hold_ms: UNDO_MS })
}

export const reviewAttempt = (attemptId: Id, verdict: 'fine' | 'talk', note: string): Promise<MutateAnswer> =>
  mutate(
    'attempt.review',
    { id: newId(), attempt_id: attemptId, verdict, ...(note ? { note } : {}) },
    { hold_ms: UNDO_MS },
  )
