import type { Id, Treatment } from '../documents'
import { derivedId } from '../ids'
import type { Mutations } from '../mutations'
import { planTreatment } from '../planning'
import { Refusal } from '../refusal'
import type { Transaction } from '../transaction'
import { openFollowup } from './followups'
import { clinicOf, customerOf, filled, found, mustBeNew, ownerOf, preferencesOf, require } from './rules'

export function plan(tx: Transaction, { id, ...args }: Mutations['treatment.plan']): void {
  customerOf(tx, args.customer_id)
  require(tx, 'treatments.edit')
  filled('name', args.name)
  mustBeNew(tx.get('treatment', id))
  tx.insert('treatment', id, {
    consultant_id: null,
    doctor_id: null,
    ...args,
    nurse_id: null,
    performed_at: null,
    products: [],
    rules_version: null,
    status: 'planned',
  })
  brief(tx, id)
}

/** The treatment was performed; it now owes the follow-ups of its rule table, under ids that the server derives too. */
export function complete(tx: Transaction, args: Mutations['treatment.complete']): void {
  const customer = customerOf(tx, args.customer_id)
  require(tx, 'treatments.edit')
  filled('name', args.name)
  const clinic = clinicOf(tx)
  const rules_version = args.rules_version ?? clinic.rules_version
  const table = tx.all('rule_table').find(({ version }) => version === rules_version)
  if (!table)
    throw new Refusal('validation', 'There is no such version of the rule table.', { rules_version: 'unknown' })
  const treatment = completed(tx, args, rules_version)
  const owed = planTreatment(
    table.rules,
    args.performed_at,
    clinic.timezone,
    clinic.call_windows,
    preferencesOf(customer),
    clinic.holidays ?? [],
  )
  for (const { code, role, assign, channels, due_from, due_at, planned_at, purpose } of owed) {
    openFollowup(tx, derivedId(args.id, code), {
      customer_id: args.customer_id,
      treatment_id: args.id,
      rule: code,
      role,
      assignee_id: assign === 'owner' ? (ownerOf(customer) ?? treatment.consultant_id) : null,
      channels,
      due_from,
      due_at,
      planned_at,
      purpose: purpose.zh,
      parent_id: null,
    })
  }
}

function completed(
  tx: Transaction,
  { id, ...args }: Mutations['treatment.complete'],
  rules_version: number,
): Treatment {
  const before = tx.get('treatment', id)
  if (before && (before.status !== 'planned' || before.customer_id !== args.customer_id)) {
    throw new Refusal('conflict', 'This treatment has been completed or voided already.')
  }
  const fields = {
    planned_at: before?.planned_at ?? null,
    products: [],
    ...args,
    consultant_id: args.consultant_id ?? before?.consultant_id ?? null,
    doctor_id: args.doctor_id ?? before?.doctor_id ?? null,
    nurse_id: args.nurse_id ?? before?.nurse_id ?? null,
    rules_version,
    status: 'complete' as const,
  }
  if (before) tx.update('treatment', id, fields)
  else tx.insert('treatment', id, fields)
  brief(tx, id)
  return found(tx.get('treatment', id))
}

/** Entered by mistake: what nobody has worked on yet is cancelled. */
export function voided(tx: Transaction, { id }: Mutations['treatment.void']): void {
  const treatment = found(tx.get('treatment', id))
  require(tx, 'treatments.void')
  if (treatment.status === 'voided') throw new Refusal('conflict', 'This treatment has been voided already.')
  tx.update('treatment', id, { status: 'voided' })
  brief(tx, id)
  for (const followup of tx.find('followup', 'treatment_id', id)) {
    if (followup.status === 'open' && followup.attempts === 0)
      tx.update('followup', followup.id, { status: 'cancelled' })
  }
}

/** Keeps `treatment_brief` (who, what, when) equal to the treatment. */
function brief(tx: Transaction, id: Id): void {
  const { customer_id, name, performed_at, planned_at, status } = found(tx.get('treatment', id))
  const fields = { customer_id, name, at: performed_at ?? planned_at ?? tx.at, status }
  if (tx.get('treatment_brief', id)) tx.update('treatment_brief', id, fields)
  else tx.insert('treatment_brief', id, fields)
}
