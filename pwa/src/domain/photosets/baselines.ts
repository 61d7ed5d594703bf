// Which earlier pictures a day's work will be laid over: they are fetched before the room without a network. Pure.
import type { Appointment, Id, Instant, Photo, PhotoSet, Treatment } from '../documents'
import { onDayOf } from '../planning'
import { dueToday, owedSets } from './owing'
import { progressOf } from './progress'
import { baselineFor } from './proposal'

/** What is known of the clinic's customers. */
export interface File {
  appointments: readonly Appointment[]
  treatments: readonly Treatment[]
  sets: readonly PhotoSet[]
  photosOf(setId: Id): readonly Photo[]
}

/** Photos of the baselines that today's appointments and the sets owed today need: those owed first. */
export function baselinesFor(file: File, { now, timezone }: { now: Instant; timezone: string }): Id[] {
  const today = onDayOf(now, timezone)
  const expected = file.appointments
    .filter(({ at, status }) => today(at) && (status === 'booked' || status === 'arrived'))
    .sort((one, other) => (one.at < other.at ? -1 : 1))
  const customers = new Set(expected.map(({ customer_id }) => customer_id))
  const setsBy = grouped(file.sets)
  const appointmentsBy = grouped(file.appointments)
  const baselines = new Set<Id | null>()

  const owed = file.treatments.flatMap((treatment) => {
    const [sets, appointments] = [setsBy.get(treatment.customer_id), appointmentsBy.get(treatment.customer_id)]
    return sets ? dueToday(owedSets(treatment, sets, appointments ?? [], { now, timezone }), now, timezone) : []
  })
  for (const { customer_id, region, time_point, treatment_id } of owed)
    baselines.add(baselineFor(setsBy.get(customer_id) ?? [], region, time_point, treatment_id))
  // Whoever comes today may be photographed again, whatever the plan says.
  for (const customer of customers) {
    const sets = setsBy.get(customer) ?? []
    for (const region of new Set(sets.map((set) => set.region))) baselines.add(baselineFor(sets, region, 'other', null))
  }
  const byId = new Map(file.sets.map((set) => [set.id, set]))
  return [...baselines].flatMap((id) => {
    const set = id && byId.get(id)
    return set ? progressOf(set, file.photosOf(set.id)).flatMap(({ photo }) => (photo ? [photo.id] : [])) : []
  })
}

function grouped<T extends { customer_id: Id }>(rows: readonly T[]): Map<Id, T[]> {
  const groups = new Map<Id, T[]>()
  for (const row of rows) {
    const group = groups.get(row.customer_id)
    if (group) group.push(row)
    else groups.set(row.customer_id, [row])
  }
  return groups
}
