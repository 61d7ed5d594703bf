import type { ConsentPurpose, Id } from '../documents'
import type { Mutations } from '../mutations'
import { Refusal } from '../refusal'
import type { Transaction } from '../transaction'
import { customerOf, filled, found, mustBeNew, require } from './rules'

export function sign(tx: Transaction, { id, signature, guardian = null, ...consent }: Mutations['consent.sign']): void {
  customerOf(tx, consent.customer_id)
  require(tx, 'consents.edit')
  filled('wording_version', consent.wording_version)
  filled('signature', signature)
  mustBeNew(tx.get('consent', id))
  tx.insert('consent', id, { ...consent, guardian, revoked_at: null })
}

export function revoke(tx: Transaction, { consent_id, reason }: Mutations['consent.revoke']): void {
  const { revoked_at } = found(tx.get('consent', consent_id))
  require(tx, 'consents.edit')
  filled('reason', reason)
  if (revoked_at) throw new Refusal('conflict', 'This consent has been revoked already.')
  tx.update('consent', consent_id, { revoked_at: tx.at })
}

/** Whether the customer's consent to this purpose stood when the act was done. */
export function hasConsent(tx: Transaction, customer_id: Id, purpose: ConsentPurpose): boolean {
  const consents = tx.find('consent', 'customer_id', customer_id)
  return consents.some((one) => one.purpose === purpose && (one.revoked_at === null || one.revoked_at > tx.at))
}
