// Who may read the audit trail: see server/clinic/audit.py.
import { can } from '@/domain/permissions'
import { records, session } from '@/state'

export function mayAudit(): boolean {
  const { person } = session
  return (
    person !== null && (can(person.roles, 'clinic.settings') || records.clinic?.compliance_officer_id === person.id)
  )
}
