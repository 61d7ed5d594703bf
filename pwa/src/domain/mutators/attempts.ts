import type { Followup, Id, Outcome } from '../documents'
import { derivedId } from '../ids'
import type { Mutations } from '../mutations'
import { callWindows, nextWindow } from '../planning'
import { Refusal } from '../refusal'
import type { Fields, Transaction } from '../transaction'
import { dateOf, dayOf } from '../zone'
import { CORRECT_PHONE, ESCALATION, followupOf, isClosed, openFollowup } from './followups'
import { clinicOf, customerOf, mustBeNew, ownerOf } from './rules'

const UNREACHABLE_AFTER = 3
const UNREACHABLE_DAYS = 2
const DAY_MS = 24 * 60 * 60 * 1000

/** Records a try; accepted whatever the follow-up's status: nothing that was done is lost. */
export function attempt(tx: Transaction, { id, ...args }: Mutations['followup.attempt']): void {
  if (args.outcome === 'asked_callback' && !args.callback_at) {
    throw new Refusal('validation', 'When do they want to be called?', { callback_at: 'empty' })
  }
  const followup = followupOf(tx, args.followup_id)
  mustBeNew(tx.get('attempt', id))
  tx.insert('attempt', id, {
    note: null,
    callback_at: null,
    started_at: null,
    ...args,
    customer_id: followup.customer_id,
    by: tx.actor.id,
    at: tx.at,
    after_close: isClosed(followup),
  })
  const changes: Partial<Fields<'followup'>> = { attempts: followup.attempts + 1 }
  if (args.outcome === 'wrong_number') askForTheNumber(tx, followup, id)
  else if (!isClosed(followup)) Object.assign(changes, consequence(tx, followup, args))
  tx.update('followup', followup.id, changes)
  if (changes.status === 'done' && followup.rule === ESCALATION) closeEscalated(tx, followup.parent_id)
}

function consequence(
  tx: Transaction,
  followup: Followup,
  { outcome, callback_at }: Omit<Mutations['followup.attempt'], 'id'>,
): Partial<Fields<'followup'>> {
  if (outcome === 'no_answer') return unanswered(tx, followup)
  if (outcome === 'asked_callback' && callback_at) return { planned_at: callback_at, due_at: callback_at }
  return closes(tx, followup, outcome) ? { status: 'done', closed_by: tx.actor.id, closed_at: tx.at } : {}
}

/** `reached` closes; text and record where the channels allow; an escalation only by a doctor. */
function closes(tx: Transaction, { status, rule, channels }: Followup, outcome: Outcome): boolean {
  if (status === 'escalated' || (rule === ESCALATION && !tx.actor.roles.includes('doctor'))) return false
  if (outcome === 'texted') return channels.includes('text')
  if (outcome === 'recorded') return channels.includes('record')
  return outcome === 'reached'
}

/** It comes back in the next window; the third time, on two different days, ends it. */
function unanswered(tx: Transaction, followup: Followup): Partial<Fields<'followup'>> {
  const { timezone, call_windows, holidays } = clinicOf(tx)
  const today = dateOf(dayOf(Date.parse(tx.at), timezone))
  const days = [...new Set([...followup.unanswered_days, today])].sort()
  const changes = { unanswered: followup.unanswered + 1, unanswered_days: days }
  if (followup.status === 'open' && changes.unanswered >= UNREACHABLE_AFTER && days.length >= UNREACHABLE_DAYS) {
    return { ...changes, status: 'unreachable', closed_by: tx.actor.id, closed_at: tx.at }
  }
  // A role may work on follow-ups of customers whose profile it does not hold: then the clinic's windows.
  const windows = callWindows(call_windows, tx.get('customer', followup.customer_id)?.preferences ?? {})
  return { ...changes, planned_at: nextWindow(tx.at, windows, timezone, holidays ?? []) }
}

/** The owner is asked to correct the file. */
function askForTheNumber(tx: Transaction, { customer_id }: Followup, attemptId: Id): void {
  openFollowup(tx, derivedId(attemptId, CORRECT_PHONE), {
    customer_id,
    treatment_id: null,
    rule: CORRECT_PHONE,
    role: 'consultant',
    assignee_id: ownerOf(customerOf(tx, customer_id)),
    channels: ['record'],
    due_from: tx.at,
    due_at: new Date(Date.parse(tx.at) + DAY_MS).toISOString(),
    planned_at: tx.at,
    purpose: '核对电话号码',
    parent_id: null,
  })
}

/** A doctor has closed an escalation: so are the originals it came from. */
function closeEscalated(tx: Transaction, id: Id | null): void {
  for (
    let parent = tx.get('followup', id);
    parent?.status === 'escalated';
    parent = tx.get('followup', parent.parent_id)
  ) {
    tx.update('followup', parent.id, { status: 'done', closed_by: tx.actor.id, closed_at: tx.at })
  }
}
