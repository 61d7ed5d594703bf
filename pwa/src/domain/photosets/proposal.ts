// What the app proposes when a set is begun; the person may choose otherwise.
import { catalogue } from '../catalogue'
import type { Id, Instant, PhotoSet, Region, TimePoint, Treatment } from '../documents'
import { dayOf } from '../zone'

const DAY_MS = 86_400_000

/** Words of treatments and sites, as clinics write them; the first that is found decides. */
const SIGNS: readonly [Region, RegExp][] = [
  ['nose', /鼻|rhino|nose/i],
  ['eye', /眼|睑|卧蚕|泪沟|bleph|eye(?!brow)/i],
  ['brow', /眉|额|抬头纹|川字|鱼尾|brow|forehead|frown/i],
  ['lip', /唇|\blips?\b/i],
  ['ear', /耳|\bears?\b/i],
  ['neck', /颈|双下巴|颏下|neck|platysma/i],
  ['breast', /胸|乳|breast/i],
  ['thigh', /大腿|臀|thigh|buttock/i],
  ['arm', /手臂|上臂|拜拜肉|\barms?\b/i],
  ['body', /腰|腹|吸脂|形体|塑形|abdom|liposuc|body/i],
  ['hair', /发|脱发|植发|hair/i],
]

export function regionFor(treatment: Pick<Treatment, 'category' | 'name' | 'sites'> | undefined): Region {
  if (!treatment) return 'face'
  // Where it was done says more than what it is called.
  for (const words of [treatment.sites.join(' '), treatment.name]) {
    const found = SIGNS.find(([, sign]) => sign.test(words))
    if (found) return found[0]
  }
  return treatment.category === 'laser_skin' ? 'skin' : 'face'
}

/** `performedAt`: null before the treatment; `zone`: the clinic's. `taken`: time points of this treatment and region. */
export function timePointFor(
  performedAt: Instant | null,
  now: number,
  zone: string,
  taken: ReadonlySet<TimePoint> = new Set(),
): TimePoint {
  if (performedAt === null) return taken.has('pre') ? 'other' : 'pre'
  const days = Math.round((dayOf(now, zone) - dayOf(Date.parse(performedAt), zone)) / DAY_MS)
  if (days < 0) return 'pre'
  const point = catalogue.time_points.find(
    ({ code, first, last }) => code !== 'pre' && first !== null && last !== null && days >= first && days <= last,
  )
  return point && !taken.has(point.code) ? point.code : 'other'
}

type Candidate = Pick<PhotoSet, 'id' | 'region' | 'time_point' | 'treatment_id' | 'created_at'>

/**
 * The set whose pictures a new one is laid over: the newest one from before this treatment, else the newest "before"
 * of the region, else the region's first. Null for a "before" itself and where there is none.
 */
export function baselineFor(
  sets: readonly Candidate[],
  region: Region,
  timePoint: TimePoint,
  treatmentId: Id | null,
): Id | null {
  if (timePoint === 'pre') return null
  const alike = sets
    .filter((set) => set.region === region)
    .sort((one, other) => (one.created_at < other.created_at ? -1 : 1))
  const before = alike.filter((set) => set.time_point === 'pre')
  const own = before.filter((set) => treatmentId !== null && set.treatment_id === treatmentId)
  return (own.at(-1) ?? before.at(-1) ?? alike[0])?.id ?? null
}
