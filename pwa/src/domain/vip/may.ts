// Who may set a step of a VIP case, and which steps nobody sets by hand.
import type { Role, VipState, VipStep } from '../documents'
import { can } from '../permissions'
import type { Actor } from '../transaction'

/** Steps that follow from the case's own decisions, and are ticked in no other way. */
export const BY_DECISION: readonly string[] = ['form', 'review', 'confirmation']
/** Done by the plan that is accepted; a lead may skip it. */
export const PLAN_ANSWER = 'answer'
/** The gate that nobody passes by skipping. */
export const CONSENT_GATE = 'consent'

/** Roles that set the steps of their own role in any case, without being on its team. */
const FOR_THEIR_ROLE: readonly Role[] = ['front_desk', 'admin_office', 'finance']

/** Who may pass a gate, or end what is not finished, with a reason. */
export const isLead = (roles: readonly Role[]): boolean =>
  roles.some((role) => role === 'consult_lead' || role === 'cs_lead' || role === 'ops_director')

/** Whether the person sets this step of a case whose rows this phone holds. */
export function maySet({ id, roles }: Actor, step: Pick<VipStep, 'owner_role' | 'assignee_id'>): boolean {
  if (can(roles, 'vip.step')) return true
  const theirs = FOR_THEIR_ROLE.filter((role) => roles.includes(role))
  return theirs.length > 0 && (step.assignee_id === id || theirs.includes(step.owner_role))
}

/** Whether it takes back what was done or skipped, which needs a reason. */
export const undoes = (seen: VipState, state: VipState): boolean =>
  (seen === 'done' || seen === 'skipped') && state !== seen
