// Which buttons a person is shown: the matrix of "who sees and does what". The server enforces it; where a role may
// only touch its own customers, the documents of the others never reach the phone.
import type { Role } from './documents'

/** All there are, in the order in which a customer meets them. */
export const ROLES: readonly Role[] = [
  'front_desk',
  'consult_assistant',
  'consultant',
  'consult_lead',
  'customer_service',
  'cs_lead',
  'nurse',
  'doctor',
  'channel_dev',
  'partner_consultant',
  'admin_office',
  'finance',
  'ops_director',
  'clinic_admin',
]

export type Act =
  | 'followups.read'
  | 'followups.work'
  | 'followups.assign'
  | 'day.sign_off'
  | 'attempts.review'
  | 'reports.read'
  | 'customers.create'
  | 'customers.edit'
  | 'customers.owner'
  | 'medical.read'
  | 'medical.edit'
  | 'alerts.edit'
  | 'treatments.edit'
  | 'treatments.void'
  | 'appointments.edit'
  | 'schedule.read'
  | 'consents.read'
  | 'consents.edit'
  | 'photos.read'
  | 'photos.take'
  | 'photos.export'
  | 'photos.void'
  | 'vip.open'
  | 'vip.review'
  | 'vip.confirm'
  | 'vip.assign'
  | 'vip.arrival'
  | 'vip.close'
  | 'vip.plan.write'
  | 'vip.plan.approve'
  | 'vip.plan.release'
  | 'vip.plan.answer'
  | 'vip.step'
  | 'devices.all'
  | 'clinic.settings'

const coordinates: readonly Role[] = ['customer_service', 'cs_lead', 'ops_director']

const allowed: Record<Act, readonly Role[]> = {
  'followups.read': [
    'consult_assistant',
    'consultant',
    'consult_lead',
    'customer_service',
    'cs_lead',
    'nurse',
    'doctor',
    'ops_director',
  ],
  'followups.work': [
    'consult_assistant',
    'consultant',
    'consult_lead',
    'customer_service',
    'cs_lead',
    'nurse',
    'doctor',
  ],
  'followups.assign': ['consult_lead', 'cs_lead', 'ops_director'],
  'day.sign_off': [
    'consult_assistant',
    'consultant',
    'consult_lead',
    'customer_service',
    'cs_lead',
    'nurse',
    'doctor',
    'ops_director',
  ],
  'attempts.review': ['consult_lead', 'cs_lead'],
  'reports.read': ['consult_lead', 'cs_lead', 'ops_director', 'clinic_admin'],
  'customers.create': [
    'front_desk',
    'consult_assistant',
    'consultant',
    'consult_lead',
    'customer_service',
    'cs_lead',
    'channel_dev',
  ],
  'customers.edit': [
    'front_desk',
    'consult_assistant',
    'consultant',
    'consult_lead',
    'customer_service',
    'cs_lead',
    'channel_dev',
  ],
  'customers.owner': ['consult_lead', 'cs_lead'],
  'medical.read': ['consult_assistant', 'consultant', 'consult_lead', 'customer_service', 'cs_lead', 'nurse', 'doctor'],
  'medical.edit': ['consult_assistant', 'consultant', 'nurse', 'doctor'],
  'alerts.edit': ['consult_assistant', 'consultant', 'nurse', 'doctor'],
  'treatments.edit': ['consult_assistant', 'consultant', 'consult_lead', 'nurse', 'doctor'],
  'treatments.void': ['consult_lead'],
  'appointments.edit': [
    'front_desk',
    'consult_assistant',
    'consultant',
    'consult_lead',
    'customer_service',
    'cs_lead',
    'nurse',
    'doctor',
  ],
  'schedule.read': [
    'front_desk',
    'consult_assistant',
    'consultant',
    'consult_lead',
    'customer_service',
    'cs_lead',
    'nurse',
    'doctor',
    'finance',
    'ops_director',
  ],
  'consents.read': [
    'front_desk',
    'consult_assistant',
    'consultant',
    'consult_lead',
    'customer_service',
    'cs_lead',
    'nurse',
    'doctor',
    'channel_dev',
    'ops_director',
  ],
  'consents.edit': ['consult_assistant', 'consultant', 'consult_lead', 'nurse', 'doctor', 'channel_dev'],
  'photos.read': [
    'consult_assistant',
    'consultant',
    'consult_lead',
    'customer_service',
    'cs_lead',
    'nurse',
    'doctor',
    'channel_dev',
    'admin_office',
  ],
  'photos.export': ['consult_assistant', 'consultant', 'consult_lead', 'nurse', 'doctor'],
  'photos.take': ['consult_assistant', 'consultant', 'consult_lead', 'nurse', 'doctor', 'channel_dev'],
  'photos.void': ['consult_lead'],
  'vip.open': [...coordinates, 'channel_dev'],
  'vip.review': ['admin_office', 'ops_director'],
  'vip.confirm': coordinates,
  'vip.assign': [...coordinates, 'consult_lead'],
  'vip.arrival': [...coordinates, 'admin_office', 'channel_dev'],
  'vip.close': coordinates,
  'vip.plan.write': ['consultant', 'consult_lead', 'doctor'],
  'vip.plan.approve': ['doctor'],
  'vip.plan.release': coordinates,
  'vip.plan.answer': [...coordinates, 'partner_consultant'],
  // Any step of a case they are on; who sets the steps of their role only: see vip/may.ts.
  'vip.step': [...coordinates, 'consult_lead', 'consult_assistant', 'consultant', 'nurse', 'doctor', 'channel_dev'],
  'devices.all': ['clinic_admin'],
  'clinic.settings': ['clinic_admin'],
}

/** Whether a person who holds `roles` may do `act`. */
export function can(roles: readonly Role[], act: Act): boolean {
  return roles.some((role) => allowed[act].includes(role))
}
