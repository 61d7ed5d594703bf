// When a step of a VIP case is due: its lead time, relative to the arrival. Pure; server/clinic/vip/lead_times.py is its
// twin, and both are held to tests/vectors/lead_times.json.
import type { Instant, VipLead } from '../../documents'
import { clockOf, dayOf, daysAfter, instantOf } from '../../zone'

const MINUTE = 60_000

/**
 * {"minutes": n} is exactly n minutes after the arrival (before it, where n is negative); {"days": n} the same time of
 * day n calendar days after it in the clinic's zone, or the time "at" of that day. Null without a lead, or as long as
 * no arrival is known.
 */
export function due(lead: VipLead | null, arrivalAt: Instant | null, timezone: string): Instant | null {
  if (lead === null || arrivalAt === null) return null
  const arrival = Date.parse(arrivalAt)
  if ('minutes' in lead) return new Date(arrival + lead.minutes * MINUTE).toISOString()
  const clock = lead.at === undefined ? clockOf(arrival, timezone) : wallClock(lead.at)
  return new Date(instantOf(daysAfter(dayOf(arrival, timezone), lead.days), clock, timezone)).toISOString()
}

/** "09:00" in ms after midnight. */
function wallClock(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  return (hours * 60 + minutes) * MINUTE
}
