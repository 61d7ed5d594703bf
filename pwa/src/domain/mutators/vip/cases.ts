import type { Id, VipCase, VipCaseBrief } from '../../documents'
import { Refusal } from '../../refusal'
import type { Transaction } from '../../transaction'
import { found } from '../rules'

/** A case that is neither declined nor closed. */
export function openCaseOf(tx: Transaction, id: Id): VipCase {
  const vip = found(tx.get('vip_case', id))
  mustNotBeOver(vip)
  return vip
}

/** A confirmed case that is not closed. */
export function mustRun(vip: VipCaseBrief): void {
  mustNotBeOver(vip)
  if (vip.status !== 'confirmed') throw new Refusal('gate', 'Only the confirmation starts this.')
}

function mustNotBeOver({ status }: VipCaseBrief): void {
  if (status === 'declined' || status === 'closed') throw new Refusal('conflict', 'This VIP case is over.')
}
