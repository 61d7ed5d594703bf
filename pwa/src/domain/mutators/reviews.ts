import type { Mutations } from '../mutations'
import type { Transaction } from '../transaction'
import { found, mustBeNew, require } from './rules'

/** A lead has looked at somebody's attempt. */
export function review(tx: Transaction, { id, attempt_id, verdict, note }: Mutations['attempt.review']): void {
  const { customer_id } = found(tx.get('attempt', attempt_id))
  require(tx, 'attempts.review')
  mustBeNew(tx.get('attempt_review', id))
  const fields = { attempt_id, customer_id, verdict, note: note ?? null }
  tx.insert('attempt_review', id, { ...fields, by: tx.actor.id, at: tx.at })
}
