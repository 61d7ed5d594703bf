// Which photo sets a treatment still owes, and until when. Pure.
//
// Before it: `pre`. Of injectables `immediate`, on the day. Of all: a set at each revisit, at the time point that its day
// says. What was not taken in time cannot be taken later and is owed no more.
import type { Appointment, Id, Instant, PhotoSet, Region, TimePoint, Treatment } from './documents'
import { dayStart, endOfDay } from './planning'
import { dayOf } from './zone'

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

/** Days after the treatment from which and up to which a time point is the one to take; as in the catalogue. */
export const dayPoints: readonly { code: TimePoint; first: number; last: number }[] = [
  { code: 'immediate', first: 0, last: 0 },
  { code: 'd1', first: 1, last: 1 },
  { code: 'd3', first: 2, last: 4 },
  { code: 'd7', first: 5, last: 14 },
  { code: 'm1', first: 15, last: 59 },
  { code: 'm3', first: 60, last: 134 },
  { code: 'm6', first: 135, last: 269 },
  { code: 'm12', first: 270, last: 547 },
]

const DAY = 86_400_000

/** Appointments at which a finished treatment is looked at; some clinics say 复诊 for 复查. */
const revisits: readonly string[] = ['check', 'return_visit']

/** Which part of the body the words of a site or a treatment mean; the first that fits. */
const regionWords: readonly [RegExp, Region][] = [
  [/眼|睑|眦|eyelid|eye(?!brow)/i, 'eye'],
  [/额|眉|鱼尾|川字|抬头|除皱针|forehead|brow|glabella|crow/i, 'brow'],
  [/鼻|nose|nasal/i, 'nose'],
  [/唇|嘴|牙|齿|颌前|全口|lip|teeth|tooth|mouth/i, 'lip'],
  [/耳|ear\b|ears\b/i, 'ear'],
  [/颈|颏|下巴|下颌缘|双下巴|neck|chin/i, 'neck'],
  [/胸|乳|breast/i, 'breast'],
  [/腿|臀|thigh|buttock/i, 'thigh'],
  [/臂|手臂|拜拜肉|upper arm|\barms?\b/i, 'arm'],
  [/腰|腹|背|形体|体雕|吸脂|waist|abdom|belly|body/i, 'body'],
  [/发际|头发|植发|毛发|生发|头皮|hair|scalp/i, 'hair'],
]

/** Away from the face, light treats what the site names; on it, the skin: which part the views tell. */
const awayFromFace: readonly Region[] = ['breast', 'thigh', 'arm', 'body', 'hair']

/** The regions that the sites name, else the treatment's name; else the skin for light, and the face. */
export function regionsOf({ category, name, sites }: Pick<Treatment, 'category' | 'name' | 'sites'>): Region[] {
  if (category === 'dental') return ['lip']
  const light = category === 'laser_skin'
  const named = (texts: readonly string[]) =>
    texts
      .map((text) => regionWords.find(([words]) => words.test(text))?.[1])
      .filter((region): region is Region => region !== undefined && (!light || awayFromFace.includes(region)))
  const found = [named(sites), named([name])].find(({ length }) => length > 0)
  return found ? [...new Set(found)] : [light ? 'skin' : 'face']
}

/** The time point to propose at `at` for something done at `performedAt` (null: not yet). */
export function pointAt(performedAt: Instant | null, at: Instant, timezone: string): TimePoint {
  if (performedAt === null || at < performedAt) return 'pre'
  const days = Math.round((dayOf(Date.parse(at), timezone) - dayOf(Date.parse(performedAt), timezone)) / DAY)
  return dayPoints.find(({ first, last }) => days >= first && days <= last)?.code ?? 'other'
}

/** What one treatment owes at `now`; `sets` and `appointments` are its customer's. */
export function owedSets(
  treatment: Treatment,
  sets: readonly PhotoSet[],
  appointments: readonly Appointment[],
  { now, timezone }: { now: Instant; timezone: string },
): OwedSet[] {
  const { id, customer_id, performed_at, planned_at, status } = treatment
  const regions = regionsTaken(id, sets) ?? regionsOf(treatment)
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
    const point = pointAt(performed_at, at, timezone)
    if (at < performed_at || point === 'other' || point === 'immediate') continue
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
const NEAR = 30 * DAY

function isNear(set: PhotoSet, from: Instant, due: Instant): boolean {
  const at = Date.parse(set.created_at)
  if (set.time_point === 'pre') return at <= Date.parse(due) && at >= Date.parse(from) - NEAR
  return at >= Date.parse(from) && at <= Date.parse(due)
}

const byTime = (one: Appointment, other: Appointment) => (one.at < other.at ? -1 : 1)
