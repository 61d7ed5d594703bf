import type { Mutations } from '../mutations'
import type { Transaction } from '../transaction'
import { found } from './rules'

export function read(tx: Transaction, { id }: Mutations['notice.read']): void {
  if (found(tx.get('notice', id)).read_at === null) tx.update('notice', id, { read_at: tx.at })
}

export function dismiss(tx: Transaction, { id }: Mutations['rejection.dismiss']): void {
  found(tx.get('rejection', id))
  tx.remove('rejection', id)
}
