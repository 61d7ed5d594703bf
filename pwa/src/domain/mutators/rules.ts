/** What several mutators ask: existence, permission, the clinic's settings. */
import type { Clinic, Customer, CustomerBrief, Id, Preferences, Role, Staff } from '../documents'
import { type Act, can } from '../permissions'
import { Refusal } from '../refusal'
import type { Transaction } from '../transaction'

/** Refuses what none of the person's roles includes. Whose customer it is, the server decides. */
export function require(tx: Transaction, act: Act): void {
  if (!can(tx.actor.roles as Role[], act)) throw new Refusal('forbidden', 'Your role does not include this.')
}

export function found<T>(document: T | undefined): T {
  if (!document) throw new Refusal('not_found', 'There is no such entry on this phone.')
  return document
}

export function mustBeNew(document: unknown): void {
  if (document) throw new Refusal('conflict', 'This is on file already.')
}

export function filled(field: string, text: string): void {
  if (text.trim() === '') throw new Refusal('validation', 'Please fill in this field.', { [field]: 'empty' })
}

export function clinicOf(tx: Transaction): Clinic {
  return found(tx.all('clinic')[0])
}

/** The customer as far as this person may see: roles that see names only still record what they did. */
export function customerOf(tx: Transaction, id: Id): Customer | CustomerBrief {
  return found(tx.get('customer', id) ?? tx.get('customer_brief', id))
}

export function preferencesOf(customer: Customer | CustomerBrief): Preferences {
  return 'preferences' in customer ? customer.preferences : {}
}

export function ownerOf(customer: Customer | CustomerBrief): Id | null {
  return 'owner_id' in customer ? customer.owner_id : null
}

/** Somebody who works here. */
export function personOf(tx: Transaction, id: Id, field = 'assignee_id'): Staff {
  const person = tx.get('staff', id)
  if (!person?.active) throw new Refusal('validation', 'There is no such person here.', { [field]: 'unknown' })
  return person
}
