import type { Mutations } from '../mutations'
import { Refusal } from '../refusal'
import type { Transaction } from '../transaction'
import { customerOf, found, mustBeNew, require } from './rules'

export function sent(tx: Transaction, { id, followup_id = null, ...args }: Mutations['message.sent']): void {
  customerOf(tx, args.customer_id)
  if (followup_id && found(tx.get('followup', followup_id)).customer_id !== args.customer_id) {
    throw new Refusal('not_found', 'There is no such follow-up of this customer.')
  }
  require(tx, 'followups.work')
  mustBeNew(tx.get('message', id))
  tx.insert('message', id, { ...args, followup_id, by: tx.actor.id, at: tx.at, delivery: 'handed_to_phone' })
}
