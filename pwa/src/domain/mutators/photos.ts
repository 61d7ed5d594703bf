import type { Id, PhotoSet, SkippedView } from '../documents'
import type { Mutations } from '../mutations'
import { Refusal } from '../refusal'
import type { Transaction } from '../transaction'
import { requiredViews } from '../views'
import { hasConsent } from './consents'
import { customerOf, filled, found, mustBeNew, require } from './rules'

export function start(tx: Transaction, { id, ...args }: Mutations['photo_set.start']): void {
  customerOf(tx, args.customer_id)
  require(tx, 'photos.take')
  mustBeNew(tx.get('photo_set', id))
  const others = { treatment: args.treatment_id, photo_set: args.baseline_set_id }
  for (const [table, other] of Object.entries(others) as ['treatment' | 'photo_set', Id | null | undefined][]) {
    if (other) mustBeOf(args.customer_id, tx.get(table, other))
  }
  const vip = tx.get('vip_case', args.vip_case_id)
  if (vip) mustBeOf(args.customer_id, vip)
  requireConsent(tx, args.customer_id)
  tx.insert('photo_set', id, {
    treatment_id: null,
    baseline_set_id: null,
    chaperone: null,
    vip_case_id: null,
    ...args,
    status: 'taking',
    skipped: [],
    by: tx.actor.id,
  })
}

/** Says why a view is not taken, so that the capture goes on after it, also on another phone. */
export function skip(tx: Transaction, { id, view, reason }: Mutations['photo_set.skip']): void {
  const set = openSetOf(tx, id)
  filled('reason', reason)
  tx.update('photo_set', id, { skipped: joined(set.skipped, [{ view, reason }]) })
}

/** Closes a set in which every view was taken or skipped with a reason. */
export function finish(tx: Transaction, { id, skipped = [], answers = {} }: Mutations['photo_set.finish']): void {
  const set = openSetOf(tx, id)
  for (const { reason } of skipped) filled('skipped', reason)
  const photos = tx.find('photo', 'set_id', id).filter(({ voided }) => !voided)
  const taken = new Set(photos.map(({ view }) => view))
  const notTaken = joined(set.skipped, skipped).filter(({ view }) => !taken.has(view))
  const done = new Set([...taken, ...notTaken.map(({ view }) => view)])
  const missing = requiredViews[set.region].filter((view) => !done.has(view))
  if (missing.length)
    throw new Refusal('gate', 'Views are missing: take them, or say why not.', { views: missing.join(' ') })
  const review = Object.keys(answers).length ? { review: answers } : {}
  tx.update('photo_set', id, { status: 'finished', skipped: notTaken, checklist: { ...set.checklist, ...review } })
}

/** A picture was taken; its bytes travel by themselves. */
export function add(tx: Transaction, { id, ...args }: Mutations['photo.add']): void {
  const { customer_id } = setOf(tx, args.set_id)
  mustBeNew(tx.get('photo', id))
  if (args.supersedes && tx.get('photo', args.supersedes)?.set_id !== args.set_id)
    throw new Refusal('not_found', 'The picture it replaces is not in this set.')
  requireConsent(tx, customer_id)
  tx.insert('photo', id, {
    override_reason: null,
    supersedes: null,
    ...args,
    customer_id,
    stored: false,
    voided: false,
    by: tx.actor.id,
  })
}

/** An original was opened on the phone that holds it. The log on the server is all it changes. */
export function opened(tx: Transaction, { id }: Mutations['photo.opened']): void {
  found(tx.get('photo', id))
  require(tx, 'photos.read')
}

/** Takes a picture out of use; nothing is erased. */
export function voided(tx: Transaction, { id, reason }: Mutations['photo.void']): void {
  const photo = found(tx.get('photo', id))
  require(tx, 'photos.void')
  filled('reason', reason)
  if (photo.voided) throw new Refusal('conflict', 'This picture has been voided already.')
  tx.update('photo', id, { voided: true })
}

/** One reason a view: what was said last. */
const joined = (before: readonly SkippedView[], said: readonly SkippedView[]): SkippedView[] => [
  ...new Map([...before, ...said].map((one) => [one.view, one])).values(),
]

function openSetOf(tx: Transaction, id: Id): PhotoSet {
  const set = setOf(tx, id)
  if (set.status === 'finished') throw new Refusal('conflict', 'This set has been finished already.')
  return set
}

function setOf(tx: Transaction, id: Id): PhotoSet {
  const set = found(tx.get('photo_set', id))
  require(tx, 'photos.take')
  return set
}

function mustBeOf(customer_id: Id, document: { customer_id: Id } | undefined): void {
  if (document?.customer_id !== customer_id) throw new Refusal('not_found', "That is not on this customer's file.")
}

function requireConsent(tx: Transaction, customer_id: Id): void {
  if (!hasConsent(tx, customer_id, 'record'))
    throw new Refusal('gate', "The customer's consent to pictures for the record is missing or revoked.")
}
