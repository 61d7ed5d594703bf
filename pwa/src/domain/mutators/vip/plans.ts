// Plans A, B and C of a case: written, approved by the surgeon, released to the partner salon, answered.
import type { Id, VipPlan, VipPlanStatus } from '../../documents'
import type { Mutations } from '../../mutations'
import type { Act } from '../../permissions'
import { Refusal } from '../../refusal'
import type { Fields, Transaction } from '../../transaction'
import { PLAN_ANSWER } from '../../vip/may'
import { found, require } from '../rules'
import { mustRun } from './cases'
import { follow } from './steps'

/** Writes a plan, or writes it anew as long as it has not been released; then the surgeon looks again. */
export function write(tx: Transaction, { id, ...plan }: Mutations['vip.plan.write']): void {
  const vip = found(tx.get('vip_case', plan.case_id))
  mustRun(vip)
  require(tx, 'vip.plan.write')
  const values = { ...plan, status: 'draft', approved_by: null, approved_at: null } as const
  const before = tx.get('vip_plan', id)
  if (!before) tx.insert('vip_plan', id, { ...values, customer_id: vip.customer_id, answers: [] })
  else if (before.case_id !== vip.id || !['draft', 'approved'].includes(before.status))
    throw new Refusal('conflict', 'This plan has been released already.')
  else tx.update('vip_plan', id, values)
  follow(tx, vip.id, 'write_plans', 'done')
}

export function approve(tx: Transaction, { id }: Mutations['vip.plan.approve']): void {
  const plan = planOf(tx, id, 'vip.plan.approve', ['draft'])
  tx.update('vip_plan', id, { status: 'approved', approved_by: tx.actor.id, approved_at: tx.at })
  follow(tx, plan.case_id, 'approve_plans', 'done')
}

/** To the partner consultant; only what the surgeon has approved. */
export function release(tx: Transaction, { id }: Mutations['vip.plan.release']): void {
  const plan = planOf(tx, id, 'vip.plan.release', ['draft', 'approved'])
  if (plan.status !== 'approved') throw new Refusal('gate', 'The surgeon has not approved this plan.')
  tx.update('vip_plan', id, { status: 'released' })
  follow(tx, plan.case_id, 'release_plans', 'done')
}

/** What the salon's owner and the customer say. A plan that is accepted opens the gate. */
export function answer(tx: Transaction, { id, answer, note = null }: Mutations['vip.plan.answer']): void {
  const plan = planOf(tx, id, 'vip.plan.answer', ['released', 'declined'])
  const said = { by: tx.actor.id, at: tx.at, answer, note }
  const status = answer === 'question' ? plan.status : answer
  const after: Partial<Fields<'vip_plan'>> = { status, answers: [...plan.answers, said] }
  tx.update('vip_plan', id, after)
  tx.update('vip_plan_released', id, after)
  if (status === 'accepted') follow(tx, plan.case_id, PLAN_ANSWER, 'done')
}

/** The plan, as this person holds it, of a case that runs. */
function planOf(tx: Transaction, id: Id, act: Act, statuses: readonly VipPlanStatus[]): VipPlan {
  const plan = found(tx.get('vip_plan', id) ?? tx.get('vip_plan_released', id))
  require(tx, act)
  mustRun(found(tx.get('vip_case', plan.case_id) ?? tx.get('vip_case_brief', plan.case_id)))
  if (!statuses.includes(plan.status)) throw new Refusal('conflict', 'This plan does not wait for this.')
  return plan
}
