// A few attempts drawn for the lead to look at: the same all day on every phone, for nobody to choose.
import type { Attempt } from './documents'
import { derivedId } from './ids'
import { dateOf, dayOf, dayOfDate, daysAfter, instantOf } from './zone'

/** How far back a day with attempts is looked for. */
const DAYS_BACK = 7

/**
 * `count` attempts of the last day before `date` on which any were made, drawn by a hash of the attempt and `date`: one
 * that comes later from a phone that was offline hardly changes it.
 */
export function sampleOf(attempts: readonly Attempt[], date: string, timezone: string, count: number): Attempt[] {
  const today = new Date(instantOf(dayOfDate(date), 0, timezone)).toISOString()
  const oldest = new Date(instantOf(daysAfter(dayOfDate(date), -DAYS_BACK), 0, timezone)).toISOString()
  const dayOfAttempt = ({ at }: Attempt) => dateOf(dayOf(Date.parse(at), timezone))
  const past = attempts.filter(({ at }) => at >= oldest && at < today)
  const last = past
    .map(({ at }) => at)
    .sort()
    .at(-1)
  if (!last) return []
  const day = dateOf(dayOf(Date.parse(last), timezone))
  return past
    .filter((attempt) => dayOfAttempt(attempt) === day)
    .map((attempt) => ({ attempt, lot: derivedId(attempt.id, date) }))
    .sort((one, other) => (one.lot < other.lot ? -1 : 1))
    .slice(0, count)
    .map(({ attempt }) => attempt)
}
