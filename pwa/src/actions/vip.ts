// What a person does with a VIP case.
import type { Id, VipState, VipStep } from '@/domain/documents'
import type { Mutations } from '@/domain/mutations'
import { type MutateAnswer, mutate, newId } from '@/state'
import { UNDO_MS } from './followups'

export interface StepWords {
  reason?: string
  note?: string
  photo_id?: Id
}

/**
 * Sets a step to what it is now, having seen what it was; can be taken back for a while. Setting the state that stands
 * confirms it where it is contested.
 */
export function setStep(step: VipStep, state: VipState, words: StepWords = {}): Promise<MutateAnswer> {
  const said = Object.fromEntries(Object.entries(words).filter(([, value]) => value))
  return mutate(
    'vip.step',
    { id: newId(), step_id: step.id, state, seen_state: step.state, ...said },
    { hold_ms: UNDO_MS },
  )
}

/** Nobody any more: null. */
export const assignPerson = (
  caseId: Id,
  role: Mutations['vip.assign']['role'],
  staffId: Id | null,
): Promise<MutateAnswer> => mutate('vip.assign', { case_id: caseId, role, staff_id: staffId })

/** What is left out stays as it was. */
export const moveArrival = (caseId: Id, schedule: Omit<Mutations['vip.arrival'], 'case_id'>): Promise<MutateAnswer> =>
  mutate('vip.arrival', { case_id: caseId, ...schedule })
