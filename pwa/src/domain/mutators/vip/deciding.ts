// Whether somebody becomes a VIP: opened by the channel, reviewed by administration, confirmed by customer service.
import type { Id, Role, VipCase, VipDecision, VipScreening, VipStatus } from '../../documents'
import type { Mutations } from '../../mutations'
import type { Act } from '../../permissions'
import { Refusal } from '../../refusal'
import type { Fields, Transaction } from '../../transaction'
import { entriesOf } from '../../vip/screening'
import { customerOf, found, mustBeNew, require } from '../rules'
import { newestVersion } from './journey'
import { begin, follow, SCREENING } from './steps'
import { name } from './team'

/** Whoever opens a case in one of these roles is the case's person for it. */
const OPENERS: readonly Role[] = ['channel_dev', 'customer_service']

export function open(tx: Transaction, { id, screening, ...args }: Mutations['vip.open']): void {
  customerOf(tx, args.customer_id)
  require(tx, 'vip.open')
  found(tx.get('partner', args.partner_id))
  mustBeNew(tx.get('vip_case', id))
  const { customer_id, partner_id, arrival_at = null, party_size = null } = args
  const known = { arrival_at, party_size, transport: {} }
  const move = { by: tx.actor.id, at: tx.at, mutation_id: tx.mutationId, ...known }
  const begun = { status: 'screening', stage: SCREENING, team: {}, opened_by: tx.actor.id } as const
  const template_version = newestVersion(tx)
  const fields = { customer_id, partner_id, ...begun, ...known, moves: [move], review: {}, template_version }
  tx.insert('vip_case', id, fields)
  const form = { case_id: id, customer_id, decisions: [], ...screening }
  tx.insert('vip_screening', id, form)
  const theCase = () => found(tx.get('vip_case', id))
  begin(tx, theCase(), true)
  for (const role of OPENERS) if (tx.actor.roles.includes(role)) name(tx, theCase(), role, tx.actor.id)
  follow(tx, id, 'form', 'done')
}

/** Administration approves, or returns the form with a reason. */
export function review(tx: Transaction, args: Mutations['vip.review']): void {
  mustAwait(tx, args.case_id, 'screening', 'vip.review')
  const approves = args.decision === 'approve'
  decide(tx, args, approves ? 'reviewed' : 'returned')
  follow(tx, args.case_id, 'review', approves ? 'done' : 'blocked', approves ? null : args.reason)
}

/** The form, put right, goes to administration again. */
export function resubmit(tx: Transaction, { case_id, screening }: Mutations['vip.resubmit']): void {
  mustAwait(tx, case_id, 'returned', 'vip.open')
  const before = tx.get('vip_screening', case_id)
  const dropped = before && Object.fromEntries(Object.keys(entriesOf(before)).map((entry) => [entry, undefined]))
  tx.update('vip_screening', case_id, { ...dropped, ...screening } as Partial<Fields<'vip_screening'>>)
  tx.update('vip_case', case_id, { status: 'screening' })
  follow(tx, case_id, 'review', 'todo')
}

/** Customer service confirms VIP status, which starts the journey, or declines with a reason. */
export function confirm(tx: Transaction, args: Mutations['vip.confirm']): void {
  mustAwait(tx, args.case_id, 'reviewed', 'vip.confirm')
  const confirms = args.decision === 'confirm'
  decide(tx, args, confirms ? 'confirmed' : 'declined')
  if (confirms) begin(tx, found(tx.get('vip_case', args.case_id)), false)
  follow(tx, args.case_id, 'confirmation', confirms ? 'done' : 'blocked', confirms ? null : args.reason)
}

function mustAwait(tx: Transaction, id: Id, status: VipStatus, act: Act): void {
  const vip: VipCase = found(tx.get('vip_case', id))
  require(tx, act)
  if (vip.status !== status) throw new Refusal('conflict', 'The VIP case does not wait for this.')
}

/** The person and the time stand with the form, where this phone has it. */
function decide(
  tx: Transaction,
  { case_id, decision, reason = null }: { case_id: Id; decision: VipDecision['decision']; reason?: string | null },
  status: VipStatus,
): void {
  if ((decision === 'return' || decision === 'decline') && !reason)
    throw new Refusal('validation', 'Say why.', { reason: 'missing' })
  const form: VipScreening | undefined = tx.get('vip_screening', case_id)
  const decided = { by: tx.actor.id, at: tx.at, decision, reason }
  if (form) tx.update('vip_screening', case_id, { decisions: [...form.decisions, decided] })
  tx.update('vip_case', case_id, { status })
}
