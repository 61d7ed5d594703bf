import type { Id } from '../documents'
import type { Mutations } from '../mutations'
import { Refusal } from '../refusal'
import type { Transaction } from '../transaction'
import { customerOf, filled, found, mustBeNew, personOf, require } from './rules'

export function book(tx: Transaction, { id, staff_id = null, ...args }: Mutations['appointment.book']): void {
  customerOf(tx, args.customer_id)
  require(tx, 'appointments.edit')
  filled('kind', args.kind)
  mustBeNew(tx.get('appointment', id))
  if (staff_id) personOf(tx, staff_id, 'staff_id')
  tx.insert('appointment', id, { ...args, staff_id, status: 'booked' })
}

export function move(tx: Transaction, { id, at }: Mutations['appointment.move']): void {
  mustBeBooked(tx, id)
  tx.update('appointment', id, { at })
}

export function cancel(tx: Transaction, { id, reason }: Mutations['appointment.cancel']): void {
  mustBeBooked(tx, id)
  filled('reason', reason)
  tx.update('appointment', id, { status: 'cancelled' })
}

function mustBeBooked(tx: Transaction, id: Id): void {
  const { status } = found(tx.get('appointment', id))
  require(tx, 'appointments.edit')
  if (status !== 'booked') throw new Refusal('conflict', 'This appointment is over or has been cancelled.')
}
