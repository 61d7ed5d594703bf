// The photo sets that a customer's treatments still owe.
import type { Id } from '@/domain/documents'
import { type OwedSet, owedSets } from '@/domain/photosets/owing'
import { records } from '@/state'
import { moment } from '../clock'
import { zone } from '../words'

/** In the order in which they fall due. Tracks. */
export function owedBy(customerId: Id): OwedSet[] {
  const sets = records.by('photo_set', 'customer_id', customerId)
  const appointments = records.by('appointment', 'customer_id', customerId)
  const day = { now: new Date(moment.value).toISOString(), timezone: zone() }
  return records
    .by('treatment', 'customer_id', customerId)
    .flatMap((treatment) => owedSets(treatment, sets, appointments, day))
    .sort((one, other) => (one.due < other.due ? -1 : 1))
}

/** Where it is taken: the set that was begun, or a new one with everything proposed. */
export const placeOf = ({ begun, customer_id, treatment_id, region, time_point }: OwedSet): string =>
  begun
    ? `/sets/${begun}`
    : `/sets/new?customer=${customer_id}&treatment=${treatment_id}&region=${region}&point=${time_point}`
