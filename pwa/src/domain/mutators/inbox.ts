import { derivedId } from '../ids'
import type { Mutations } from '../mutations'
import type { Transaction } from '../transaction'
import { found } from './rules'

export function read(tx: Transaction, { id }: Mutations['notice.read']): void {
  if (found(tx.get('notice', id)).read_at === null) tx.update('notice', id, { read_at: tx.at })
}

export function choose(tx: Transaction, chosen: Mutations['notice.settings']): void {
  const id = derivedId(tx.actor.id, 'notice_settings')
  if (tx.get('notice_settings', id)) tx.update('notice_settings', id, chosen)
  else tx.insert('notice_settings', id, chosen)
}

export function dismiss(tx: Transaction, { id }: Mutations['rejection.dismiss']): void {
  found(tx.get('rejection', id))
  tx.remove('rejection', id)
}
