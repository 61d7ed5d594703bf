// What a person does with a VIP case.
import type { Id, VipState, VipStep } from '@/domain/documents'
import { derivedId } from '@/domain/ids'
import type { Mutations } from '@/domain/mutations'
import type { ScreeningForm } from '@/domain/vip/screening'
import {
  type CaseReportOrder,
  type MutateAnswer,
  mutate,
  newId,
  type OnlineAnswer,
  online,
  type ProposalOrder,
} from '@/state'
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

export async function openCase(form: Omit<Mutations['vip.open'], 'id'>): Promise<MutateAnswer & { case: Id }> {
  const id = newId()
  return { ...(await mutate('vip.open', { id, ...form })), case: id }
}

/** The form, put right after it was returned. */
export const sendAgain = (caseId: Id, screening: ScreeningForm): Promise<MutateAnswer> =>
  mutate('vip.resubmit', { case_id: caseId, screening })

export const approveCase = (caseId: Id): Promise<MutateAnswer> =>
  mutate('vip.review', { case_id: caseId, decision: 'approve' }, { hold_ms: UNDO_MS })

export const returnCase = (caseId: Id, reason: string): Promise<MutateAnswer> =>
  mutate('vip.review', { case_id: caseId, decision: 'return', reason }, { hold_ms: UNDO_MS })

/** VIP status is confirmed, which starts the journey. */
export const confirmCase = (caseId: Id): Promise<MutateAnswer> =>
  mutate('vip.confirm', { case_id: caseId, decision: 'confirm' }, { hold_ms: UNDO_MS })

export const declineCase = (caseId: Id, reason: string): Promise<MutateAnswer> =>
  mutate('vip.confirm', { case_id: caseId, decision: 'decline', reason }, { hold_ms: UNDO_MS })

/** The team's review ends the case; `reason`: why a lead ends it with mandatory steps open. */
export const closeCase = (caseId: Id, review: Record<string, unknown>): Promise<MutateAnswer> =>
  mutate('vip.close', { case_id: caseId, review })

/** Anew where `id` is given. Two people who write the first plan A of a case offline write the same one. */
export const writePlan = ({
  id,
  ...plan
}: Omit<Mutations['vip.plan.write'], 'id'> & { id?: Id }): Promise<MutateAnswer> =>
  mutate('vip.plan.write', { id: id ?? derivedId(plan.case_id, `plan:${plan.label}`), ...plan })

export const approvePlan = (id: Id): Promise<MutateAnswer> => mutate('vip.plan.approve', { id }, { hold_ms: UNDO_MS })

/** To the partner consultant, who sees it from now on. */
export const releasePlan = (id: Id): Promise<MutateAnswer> => mutate('vip.plan.release', { id }, { hold_ms: UNDO_MS })

/** What the salon's owner and the customer say. */
export const answerPlan = (
  id: Id,
  answer: Mutations['vip.plan.answer']['answer'],
  note: string,
): Promise<MutateAnswer> => mutate('vip.plan.answer', { id, answer, ...(note ? { note } : {}) }, { hold_ms: UNDO_MS })

/** Plans as one page for the salon and the customer: online only. */
export const makeProposal = (order: ProposalOrder): Promise<OnlineAnswer<Blob>> => online.makeProposal(order)

/** How a case went, as one page: online only. */
export const makeCaseReport = (order: CaseReportOrder): Promise<OnlineAnswer<Blob>> => online.makeCaseReport(order)
