// What a person does with a customer's file.
import type { Customer, Id, Instant, Severity, TreatmentCategory } from '@/domain/documents'
import type { Mutations } from '@/domain/mutations'
import { type MutateAnswer, mutate, newId } from '@/state'

export type ProfileForm = Mutations['customer.update']['set']
export type MedicalForm = Required<Mutations['customer.update_medical']['set']>

const same = (one: unknown, other: unknown) => JSON.stringify(one ?? null) === JSON.stringify(other ?? null)

/** Of a form, only what was changed, beside what was there when the person began. Null when nothing was. */
export function changes<T extends object>(before: Partial<T>, form: Partial<T>) {
  const fields = (Object.keys(form) as (keyof T)[]).filter((field) => !same(form[field], before[field]))
  if (fields.length === 0) return null
  const pick = (from: Partial<T>) =>
    Object.fromEntries(fields.map((field) => [field, from[field] ?? null])) as Partial<T>
  return { set: pick(form), seen: pick(before) }
}

export async function addCustomer(
  form: Omit<Mutations['customer.create'], 'id'>,
): Promise<MutateAnswer & { customer: Id }> {
  const id = newId()
  return { ...(await mutate('customer.create', { id, ...form })), customer: id }
}

export async function editProfile(id: Id, before: Customer, form: ProfileForm): Promise<MutateAnswer | null> {
  const edit = changes<ProfileForm>(before, form)
  return edit && mutate('customer.update', { id, ...edit })
}

export async function editMedical(id: Id, before: MedicalForm, form: MedicalForm): Promise<MutateAnswer | null> {
  const edit = changes<MedicalForm>(before, form)
  return edit && mutate('customer.update_medical', { id, ...edit })
}

export const resolveConflict = (id: Id, choice: Record<string, unknown>): Promise<MutateAnswer> =>
  mutate('conflict.resolve', { id, choice })

export const keepHere = (customerId: Id): Promise<MutateAnswer> => mutate('customer.keep', { customer_id: customerId })
export const releaseHere = (customerId: Id): Promise<MutateAnswer> =>
  mutate('customer.release', { customer_id: customerId })

export const raiseAlert = (customerId: Id, text: string, severity: Severity): Promise<MutateAnswer> =>
  mutate('alert.raise', { id: newId(), customer_id: customerId, text, severity })
export const clearAlert = (id: Id, reason: string): Promise<MutateAnswer> => mutate('alert.clear', { id, reason })

export interface TreatmentForm {
  /** Completes a planned one where given. */
  id?: Id
  customer_id: Id
  category: TreatmentCategory
  name: string
  sites: string[]
  at: Instant
  consultant_id: Id | null
  doctor_id: Id | null
  nurse_id: Id | null
  products: { name: string; lot: string }[]
}

export function completeTreatment(form: TreatmentForm, rulesVersion?: number): Promise<MutateAnswer> {
  const { id = newId(), at, ...rest } = form
  return mutate('treatment.complete', {
    id,
    performed_at: at,
    ...rest,
    ...(rulesVersion === undefined ? {} : { rules_version: rulesVersion }),
  })
}

export function planTreatmentFor(form: TreatmentForm): Promise<MutateAnswer> {
  const { id = newId(), at, nurse_id: _nurse, products: _products, ...rest } = form
  return mutate('treatment.plan', { id, planned_at: at, ...rest })
}

export const voidTreatment = (id: Id, reason: string): Promise<MutateAnswer> => mutate('treatment.void', { id, reason })

export const bookAppointment = (form: Omit<Mutations['appointment.book'], 'id'>): Promise<MutateAnswer> =>
  mutate('appointment.book', { id: newId(), ...form })
export const moveAppointment = (id: Id, at: Instant, reason: string): Promise<MutateAnswer> =>
  mutate('appointment.move', { id, at, ...(reason ? { reason } : {}) })
export const cancelAppointment = (id: Id, reason: string): Promise<MutateAnswer> =>
  mutate('appointment.cancel', { id, reason })
