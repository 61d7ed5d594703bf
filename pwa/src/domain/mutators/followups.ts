import type { Channel, Followup, Id, Instant, Role } from '../documents'
import type { Mutations } from '../mutations'
import { endOfDay, plan } from '../planning'
import { Refusal } from '../refusal'
import type { Fields, Transaction } from '../transaction'
import { clinicOf, customerOf, filled, found, mustBeNew, personOf, preferencesOf, require } from './rules'

export const ESCALATION = 'doctor_escalation'
export const HAND_ON = 'hand_on'
export const CORRECT_PHONE = 'correct_phone'

type Progress = 'status' | 'attempts' | 'unanswered' | 'unanswered_days' | 'closed_by' | 'closed_at'

/** Creates one, unless it is there already: derived ids make creating twice harmless. */
export function openFollowup(tx: Transaction, id: Id, fields: Omit<Fields<'followup'>, Progress>): void {
  if (tx.get('followup', id)) return
  tx.insert('followup', id, {
    ...fields,
    status: 'open',
    attempts: 0,
    unanswered: 0,
    unanswered_days: [],
    closed_by: null,
    closed_at: null,
  })
}

export function create(tx: Transaction, args: Mutations['followup.create']): void {
  customerOf(tx, args.customer_id)
  const receiver = receiverOf(tx, args)
  require(tx, 'followups.work')
  mustBeNew(tx.get('followup', args.id))
  if (args.due_at < args.due_from) {
    throw new Refusal('validation', 'It cannot be due before it begins.', { due_at: 'early' })
  }
  if (args.channels.length === 0) throw new Refusal('validation', 'Choose a channel.', { channels: 'empty' })
  if ([ESCALATION, HAND_ON, CORRECT_PHONE].includes(args.kind)) {
    throw new Refusal('validation', 'This kind is made by its own act.', { kind: 'reserved' })
  }
  const { id, customer_id, kind, channels, due_from, due_at, purpose } = args
  const fields = { customer_id, treatment_id: null, parent_id: null, rule: kind, purpose, ...receiver }
  openPlanned(tx, id, channels, due_from, due_at, fields)
}

/** Plans it for another time; when it is due does not change. */
export function reschedule(tx: Transaction, { id, planned_at }: Mutations['followup.reschedule']): void {
  mustBeOpen(followupOf(tx, id))
  tx.update('followup', id, { planned_at })
}

export function assign(tx: Transaction, { id, assignee_id }: Mutations['followup.assign']): void {
  const followup = found(tx.get('followup', id))
  require(tx, 'followups.assign')
  mustBeOpen(followup)
  const { roles } = personOf(tx, assignee_id)
  const role = roles.includes(followup.role) ? followup.role : roles[0]
  tx.update('followup', id, { assignee_id, role: role ?? followup.role })
}

/** Hands a problem to the doctor: due the same day; the original stays in sight as escalated. */
export function escalate(tx: Transaction, args: Mutations['followup.escalate']): void {
  const original = followupOf(tx, args.followup_id)
  mustBeNew(tx.get('followup', args.id))
  const doctor = args.doctor_id ?? treatingDoctor(tx, original)
  if (doctor && !personOf(tx, doctor, 'doctor_id').roles.includes('doctor')) {
    throw new Refusal('validation', 'This person is not a doctor.', { doctor_id: 'role' })
  }
  openFollowup(tx, args.id, {
    customer_id: original.customer_id,
    treatment_id: original.treatment_id,
    rule: ESCALATION,
    role: 'doctor',
    assignee_id: doctor,
    channels: ['call'],
    due_from: tx.at,
    planned_at: tx.at,
    due_at: endOfDay(tx.at, clinicOf(tx).timezone),
    purpose: args.reason,
    parent_id: original.id,
    by: tx.actor.id,
  })
  if (original.status !== 'cancelled') tx.update('followup', original.id, { status: 'escalated' })
}

/** A question outside the caller's field: a new follow-up for whoever can answer it, today. */
export function handOn(tx: Transaction, args: Mutations['followup.hand_on']): void {
  const original = followupOf(tx, args.followup_id)
  mustBeNew(tx.get('followup', args.id))
  filled('question', args.question)
  openPlanned(tx, args.id, ['call', 'text'], tx.at, endOfDay(tx.at, clinicOf(tx).timezone), {
    customer_id: original.customer_id,
    treatment_id: original.treatment_id,
    rule: HAND_ON,
    purpose: args.question,
    parent_id: original.id,
    ...receiverOf(tx, args),
  })
}

/** The follow-up, if the person's role works on any. */
export function followupOf(tx: Transaction, id: Id): Followup {
  const followup = found(tx.get('followup', id))
  require(tx, 'followups.work')
  return followup
}

export function isClosed({ status }: Followup): boolean {
  return status === 'done' || status === 'unreachable' || status === 'cancelled'
}

function openPlanned(
  tx: Transaction,
  id: Id,
  channels: Channel[],
  due_from: Instant,
  due_at: Instant,
  fields: Omit<Fields<'followup'>, Progress | 'channels' | 'due_from' | 'due_at' | 'planned_at' | 'by'>,
): void {
  const { timezone, call_windows, holidays } = clinicOf(tx)
  const preferences = preferencesOf(customerOf(tx, fields.customer_id))
  const { planned_at } = plan(channels, due_from, due_at, timezone, call_windows, preferences, null, holidays ?? [])
  openFollowup(tx, id, { ...fields, channels, due_from, due_at, planned_at, by: tx.actor.id })
}

/** A person alone receives it in their first role. */
function receiverOf(
  tx: Transaction,
  { role, assignee_id }: { role?: Role; assignee_id?: Id },
): { role: Role; assignee_id: Id | null } {
  const person = assignee_id ? personOf(tx, assignee_id) : null
  const receiver = role ?? person?.roles[0]
  if (!receiver) throw new Refusal('validation', 'Name a role or a person.', { role: 'empty' })
  return { role: receiver, assignee_id: assignee_id ?? null }
}

function treatingDoctor(tx: Transaction, { treatment_id }: Followup): Id | null {
  const doctor = tx.get('staff', tx.get('treatment', treatment_id)?.doctor_id)
  return doctor?.active && doctor.roles.includes('doctor') ? doctor.id : null
}

function mustBeOpen(followup: Followup): void {
  if (isClosed(followup)) throw new Refusal('conflict', 'This follow-up has been closed meanwhile.')
}
