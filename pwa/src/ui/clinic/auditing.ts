// Who may read the audit trail, and what is asked of it: see server/clinic/audit.py.
import type { Id } from '@/domain/documents'
import { can } from '@/domain/permissions'
import { records, session } from '@/state'

export function mayAudit(): boolean {
  const { person } = session
  return (
    person !== null && (can(person.roles, 'clinic.settings') || records.clinic?.compliance_officer_id === person.id)
  )
}

export const PROFILE = ['name', 'phones', 'gender', 'birth_date', 'source', 'owner_id', 'preferences'] as const
export const MEDICAL = ['allergies', 'medication', 'previous_procedures', 'history', 'notes'] as const
/** Fields of a customer's file, by the names that the trail knows. */
export const TRACED = [...PROFILE, ...MEDICAL]

export const whoSaw = (photo: Id) => ({ path: '/me/audit', query: { about: photo, kind: 'looks' } })
export const whoChanged = (customer: Id, field: string) => ({ path: '/me/audit', query: { about: customer, field } })
