import type { Customer, CustomerMedical, Documents, Id } from '../documents'
import { derivedId } from '../ids'
import type { Mutations } from '../mutations'
import { formOf, surnameOf } from '../names'
import { can } from '../permissions'
import { Refusal } from '../refusal'
import type { Fields, Transaction } from '../transaction'
import { equal } from './equal'
import { filled, found, mustBeNew, personOf, require } from './rules'

export function create(tx: Transaction, args: Mutations['customer.create']): void {
  require(tx, 'customers.create')
  filled('name', args.name)
  mustBeNew(tx.get('customer', args.id))
  if (args.owner_id) personOf(tx, args.owner_id, 'owner_id')
  const own = tx.actor.roles.includes('consultant') ? tx.actor.id : null
  const { id, ...given } = args
  tx.insert('customer', id, {
    gender: null,
    birth_date: null,
    source: null,
    referrer_id: null,
    preferences: {},
    ...given,
    owner_id: args.owner_id ?? own,
  })
  name(tx, id)
}

export function update(tx: Transaction, { id, set, seen }: Mutations['customer.update']): void {
  const customer = found(tx.get('customer', id))
  require(tx, 'customers.edit')
  if (set.name !== undefined) filled('name', set.name)
  ownersAreTheLeads(tx, customer, set)
  if (set.owner_id) personOf(tx, set.owner_id, 'owner_id')
  merge(tx, 'customer', customer, id, set, seen)
  name(tx, id)
}

export function updateMedical(tx: Transaction, { id, set, seen }: Mutations['customer.update_medical']): void {
  found(tx.get('customer', id))
  require(tx, 'medical.edit')
  const medical = tx.get('customer_medical', id)
  if (medical) merge(tx, 'customer_medical', medical, id, set, seen)
  else {
    const empty = { history: '', allergies: [], medication: [], previous_procedures: [], notes: '' }
    tx.insert('customer_medical', id, { ...empty, ...set, customer_id: id })
  }
}

/** Working sets are kept by the server; nothing changes here before it answers. */
export function keep(tx: Transaction, { customer_id }: Mutations['customer.keep']): void {
  found(tx.get('customer', customer_id))
}

export function resolve(tx: Transaction, { id, choice }: Mutations['conflict.resolve']): void {
  const { table, row_id, fields } = found(tx.get('conflict', id))
  require(tx, table === 'customer_medical' ? 'medical.edit' : 'customers.edit')
  for (const [field, value] of Object.entries(choice)) {
    const both = fields[field]
    if (!both || (!equal(value, both.kept) && !equal(value, both.other))) {
      throw new Refusal('validation', 'Choose one of the two values.', { [field]: 'choice' })
    }
  }
  const customer = table === 'customer' ? tx.get('customer', row_id) : undefined
  if (customer) ownersAreTheLeads(tx, customer, choice)
  tx.update(table, row_id, choice as Partial<Fields<typeof table>>)
  if (table === 'customer') name(tx, row_id)
  tx.remove('conflict', id)
}

function ownersAreTheLeads(tx: Transaction, customer: Customer, changes: { owner_id?: unknown }): void {
  if (!('owner_id' in changes) || changes.owner_id === customer.owner_id) return
  if (can([...tx.actor.roles], 'customers.owner')) return
  throw new Refusal('forbidden', 'Only a lead puts a customer into other hands.')
}

type Merged = { customer: Customer; customer_medical: CustomerMedical }

/** Field by field; where somebody else changed a field meanwhile, both values are kept for a person to choose. */
function merge<T extends keyof Merged>(
  tx: Transaction,
  table: T,
  row: Documents[T],
  customerId: Id,
  set: Partial<Documents[T]>,
  seen: Partial<Documents[T]>,
): void {
  const changes: Record<string, unknown> = {}
  const clashes: Documents['conflict']['fields'] = {}
  for (const [field, value] of Object.entries(set)) {
    const current = row[field as keyof Documents[T]]
    changes[field] = value
    if (equal(current, value) || equal(current, seen[field as keyof Documents[T]] ?? null)) continue
    // The later change stands until then. When the field itself was last changed only the server knows.
    const newer = tx.at > row.created_at
    clashes[field] = newer
      ? { kept: value, other: current, by: row.updated_by ?? tx.actor.id, at: row.created_at }
      : { kept: current, other: value, by: tx.actor.id, at: tx.at }
    if (!newer) delete changes[field]
  }
  if (Object.keys(changes).length > 0) tx.update(table, row.id, changes as Partial<Fields<T>>)
  if (Object.keys(clashes).length > 0) {
    const id = derivedId(row.id, tx.mutationId)
    tx.insert('conflict', id, { table, row_id: row.id, customer_id: customerId, fields: clashes })
  }
}

/** Keeps `customer_brief`, which those see who see names only, equal to the profile. */
function name(tx: Transaction, id: Id): void {
  const customer = tx.get('customer', id)
  if (!customer) return
  const brief = { customer_id: id, surname: surnameOf(customer.name), form: formOf(customer.gender) }
  if (tx.get('customer_brief', id)) tx.update('customer_brief', id, brief)
  else tx.insert('customer_brief', id, brief)
}
