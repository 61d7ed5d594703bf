import type { Mutations } from '../mutations'
import { Refusal } from '../refusal'
import type { Transaction } from '../transaction'
import { clinicOf, require } from './rules'

/** Names the person who alone may take pictures out for publication, or nobody. */
export function appointCompliance(tx: Transaction, { staff_id }: Mutations['clinic.appoint_compliance']): void {
  const { id } = clinicOf(tx)
  require(tx, 'clinic.settings')
  if (staff_id && !tx.get('staff', staff_id)?.active) throw new Refusal('not_found', 'There is no such person.')
  tx.update('clinic', id, { compliance_officer_id: staff_id })
}
