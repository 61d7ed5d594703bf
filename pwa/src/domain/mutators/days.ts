import { derivedId } from '../ids'
import type { Mutations } from '../mutations'
import { can } from '../permissions'
import { Refusal } from '../refusal'
import type { Transaction } from '../transaction'
import { dateOf, dayOf } from '../zone'
import { isClosed } from './followups'
import { clinicOf, filled, found, mustBeNew, require } from './rules'

/** Closes somebody's day. What others have closed meanwhile needs no reason. */
export function signOff(tx: Transaction, { id, date, staff_id, left = [] }: Mutations['day.sign_off']): void {
  const whose = staff_id ?? tx.actor.id
  require(tx, whose === tx.actor.id ? 'day.sign_off' : 'followups.assign')
  if (!tx.get('staff', whose)) throw new Refusal('not_found', 'There is no such person.')
  mustBeNew(tx.get('day_sign_off', id))
  if (date > dateOf(dayOf(Date.parse(tx.at), clinicOf(tx).timezone))) {
    throw new Refusal('validation', 'This day has not come yet.', { date: 'early' })
  }
  const done = { date, by: tx.actor.id, at: tx.at }
  const followups = left.map(({ followup_id }) => found(tx.get('followup', followup_id)))
  if (left.length > 0 && !can(tx.actor.roles, 'followups.assign')) require(tx, 'followups.work')
  tx.insert('day_sign_off', id, { staff_id: whose, ...done })
  for (const [index, { reason }] of left.entries()) {
    filled('reason', reason)
    const followup = found(followups[index])
    if (isClosed(followup)) continue
    const { id: followup_id, customer_id } = followup
    tx.insert('excuse', derivedId(id, followup_id), { followup_id, customer_id, reason, ...done })
  }
}
