import type { Mutations } from '../mutations'
import type { Transaction } from '../transaction'
import { customerOf, filled, found, mustBeNew, require } from './rules'

export function raise(tx: Transaction, { id, ...alert }: Mutations['alert.raise']): void {
  customerOf(tx, alert.customer_id)
  require(tx, 'alerts.edit')
  filled('text', alert.text)
  mustBeNew(tx.get('customer_alert', id))
  tx.insert('customer_alert', id, alert)
}

export function clear(tx: Transaction, { id }: Mutations['alert.clear']): void {
  found(tx.get('customer_alert', id))
  require(tx, 'alerts.edit')
  tx.remove('customer_alert', id)
}
