// Wall clocks of a time zone, from Intl alone.
//
// A wall-clock time that a change of clocks repeats means the first of the two; one that it skips
// counts with the offset before the change. (Python's fold=0; server/clinic/planning.py is the twin.)

const MINUTE = 60_000
const DAY = 86_400_000

/** A calendar day, as the instant (ms) at which that day begins in UTC. */
export type Day = number

/** The calendar day that the zone's clocks show at `at` (ms). */
export function dayOf(at: number, timezone: string): Day {
  return Math.floor((at + offsetAt(at, timezone)) / DAY) * DAY
}

/** What the zone's clocks show at `at` (ms), in ms after midnight. */
export function clockOf(at: number, timezone: string): number {
  return at + offsetAt(at, timezone) - dayOf(at, timezone)
}

export function daysAfter(day: Day, days: number): Day {
  return day + days * DAY
}

/** "2026-11-22" */
export function dateOf(day: Day): string {
  return new Date(day).toISOString().slice(0, 'YYYY-MM-DD'.length)
}

/** The day of a date as `dateOf` writes it. */
export function dayOfDate(date: string): Day {
  return Date.parse(`${date}T00:00:00.000Z`)
}

/** The instant (ms) at which the zone's clocks show `wallClock` (ms after midnight) on `day`. */
export function instantOf(day: Day, wallClock: number, timezone: string): number {
  const shown = day + wallClock
  // No zone is more than 14 h from UTC, so these are the offsets on either side of a change near by.
  const before = offsetAt(shown - DAY, timezone)
  const after = offsetAt(shown + DAY, timezone)
  const isAfterChange = offsetAt(shown - before, timezone) !== before && offsetAt(shown - after, timezone) === after
  return shown - (isAfterChange ? after : before)
}

// Asking Intl takes microseconds and planning asks often, so each UTC day of a zone is asked once.
// A day has one change of clocks at most.
interface DayOffsets {
  change: number
  before: number
  after: number
}

interface Zone {
  format: Intl.DateTimeFormat
  days: Map<number, DayOffsets>
}

const zones = new Map<string, Zone>()

/** Local time minus UTC (ms) in force at `at` (ms). */
function offsetAt(at: number, timezone: string): number {
  const zone = zones.get(timezone) ?? openZone(timezone)
  const day = Math.floor(at / DAY)
  const offsets = zone.days.get(day) ?? askDay(day, zone)
  return at < offsets.change ? offsets.before : offsets.after
}

function openZone(timezone: string): Zone {
  const shown = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const
  const format = new Intl.DateTimeFormat('en-US', { timeZone: timezone, hourCycle: 'h23', ...shown })
  const zone = { format, days: new Map() }
  zones.set(timezone, zone)
  return zone
}

function askDay(day: number, zone: Zone): DayOffsets {
  let [low, high] = [day * DAY, (day + 1) * DAY]
  const before = askOffset(low, zone)
  const after = askOffset(high, zone)
  while (before !== after && high - low > MINUTE) {
    const middle = low + Math.floor((high - low) / MINUTE / 2) * MINUTE
    if (askOffset(middle, zone) === before) low = middle
    else high = middle
  }
  const offsets = { change: high, before, after }
  zone.days.set(day, offsets)
  return offsets
}

/** The offset at a full minute (ms). */
function askOffset(at: number, { format }: Zone): number {
  const shown: Record<string, number> = {}
  for (const { type, value } of format.formatToParts(at)) shown[type] = Number(value)
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = shown
  return Date.UTC(year, month - 1, day, hour, minute) - at
}
