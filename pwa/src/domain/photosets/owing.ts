// Which photo sets a treatment still owes, and until when. Pure.
//
// Before it: `pre`. Of injectables `immediate`, on the day. Of all: a set at each revisit, at the time point that its day
// says. What was not taken in time cannot be taken later and is owed no more.
import type { Appointment, Id, Instant, PhotoSet, Region, TimePoint, Treatment } from '../documents'
import { dayStart, endOfDay } from '../planning'
import { regionFor, timePointFor } from './proposal'

export interface OwedSet {
  customer_id: Id
  treatment_id: Id
  region: Region
  time_point: TimePoint
  /** The earliest and the latest moment for it. */
  from: Instant
  due: Instant
  /** Begun and not finished yet. */
  begun: Id | null
}

/** Appointments at which a finished treatment is looked at; some clinics say 复诊 for 复查. */
const revisits: readonly string[] = ['check', 'return_visit']

/** What one treatment owes at `now`; `sets` and `appointments` are its customer's. */
export function owedSets(
  treatment: Treatment,
  sets: readonly PhotoSet[],
  appointments: readonly Appointment[],
  { now, timezone }: { now: Instant; timezone: string },
): OwedSet[] {
  const { id, customer_id, performed_at, planned_at, status } = treatment
  const regions = regionsTaken(id, sets) ?? [regionFor(treatment)]
  const owed: OwedSet[] = []

  const owe = (time_point: TimePoint, from: Instant, due: Instant) => {
    if (due < now) return
    for (const region of regions) {
      const taken = sets.filter(
        (set) =>
          set.region === region &&
          set.time_point === time_point &&
          (set.treatment_id === id || (set.treatment_id === null && isNear(set, from, due))),
      )
      if (taken.some((set) => set.status === 'finished')) continue
      if (owed.some((one) => one.region === region && one.time_point === time_point)) continue
      owed.push({ customer_id, treatment_id: id, region, time_point, from, due, begun: taken[0]?.id ?? null })
    }
  }

  if (status === 'planned' && planned_at) owe('pre', dayStart(planned_at, timezone), endOfDay(planned_at, timezone))
  if (status !== 'complete' || !performed_at) return owed
  if (treatment.category === 'injectable') owe('immediate', performed_at, endOfDay(performed_at, timezone))
  for (const { at, kind, status: booked } of [...appointments].sort(byTime)) {
    if (!revisits.includes(kind) || booked === 'cancelled' || booked === 'missed') continue
    const point = timePointFor(performed_at, Date.parse(at), timezone)
    if (point === 'immediate' || point === 'other') continue
    owe(point, dayStart(at, timezone), endOfDay(at, timezone))
  }
  return owed
}

/** Of what is owed, what is to be taken on the clinic's day of `now`. */
export function dueToday(owed: readonly OwedSet[], now: Instant, timezone: string): OwedSet[] {
  const [from, to] = [dayStart(now, timezone), endOfDay(now, timezone)]
  return owed.filter((one) => one.from <= to && one.due >= from)
}

/** Later sets are of the regions that the first ones were of. */
function regionsTaken(treatmentId: Id, sets: readonly PhotoSet[]): Region[] | null {
  const regions = sets.filter((set) => set.treatment_id === treatmentId).map(({ region }) => region)
  return regions.length ? [...new Set(regions)] : null
}

/** A month, in which a set that names no treatment is taken to be this one's. */
const NEAR_MS = 30 * 86_400_000

function isNear(set: PhotoSet, from: Instant, due: Instant): boolean {
  const at = Date.parse(set.created_at)
  if (set.time_point === 'pre') return at <= Date.parse(due) && at >= Date.parse(from) - NEAR_MS
  return at >= Date.parse(from) && at <= Date.parse(due)
}

const byTime = (one: Appointment, other: Appointment) => (one.at < other.at ? -1 : 1)
