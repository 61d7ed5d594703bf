// Who does the steps of a role. Who gets and loses the case's rows for it, the server decides.
import type { Id, Role, VipCase } from '../../documents'
import type { Mutations } from '../../mutations'
import { Refusal } from '../../refusal'
import type { Transaction } from '../../transaction'
import { require } from '../rules'
import { openCaseOf } from './cases'
import { follow } from './steps'

/** Steps that are done by naming somebody. */
const TICKS: { [R in Role]?: string } = { consultant: 'assign_consultant', nurse: 'assign_after_care' }

/** Names who does this role's steps, or nobody any more. */
export function assign(tx: Transaction, { case_id, role, staff_id }: Mutations['vip.assign']): void {
  const vip = openCaseOf(tx, case_id)
  require(tx, 'vip.assign')
  const person = tx.get('staff', staff_id)
  if (staff_id && !person?.active) throw new Refusal('not_found', 'There is no such person.')
  if (person && !person.roles.includes(role))
    throw new Refusal('validation', 'This person does not hold the role.', { staff_id: 'role' })
  name(tx, vip, role, staff_id)
  const code = TICKS[role]
  if (staff_id && code) follow(tx, case_id, code, 'done')
}

/** The person becomes the role's one on the team, with the steps that go with it. */
export function name(tx: Transaction, { id, team }: VipCase, role: Role, staff_id: Id | null): void {
  const { [role]: _before, ...others } = team
  tx.update('vip_case', id, { team: staff_id ? { ...others, [role]: staff_id } : others })
  for (const step of tx.find('vip_step', 'case_id', id)) {
    if (step.owner_role === role) tx.update('vip_step', step.id, { assignee_id: staff_id })
  }
}
