import type { Mutations } from '../mutations'
import type { Transaction } from '../transaction'
import { clinicOf, personOf, require } from './rules'

/** Names the person who alone may take pictures out for publication, or nobody. */
export function appointCompliance(tx: Transaction, { staff_id }: Mutations['clinic.appoint_compliance']): void {
  const { id } = clinicOf(tx)
  require(tx, 'clinic.settings')
  if (staff_id) personOf(tx, staff_id, 'staff_id')
  tx.update('clinic', id, { compliance_officer_id: staff_id })
}
