// What a treatment owes, and when to make the contact. Pure; server/clinic/planning.py is its twin and decides.
//
// Instants are ISO 8601 texts in UTC with milliseconds, windows pairs of wall-clock times of the clinic
// (["11:00", "12:30"], end excluded), holidays its closed days ("2027-02-10"): they have no windows. The rules come to the phone as the `rule_table` document.

import type { Instant, Moment, Rule, Window } from './documents'
import { type Day, dateOf, dayOf, daysAfter, instantOf } from './zone'

/** As stored: a customer's preferences may hold anything, and what is malformed is ignored. */
type Stored = unknown

export interface Plan {
  planned_at: Instant
  propose_text: boolean
}

/** A follow-up that a treatment owes, before it has an id and an assignee. */
export interface Owed extends Plan, Pick<Rule, 'code' | 'role' | 'assign' | 'channels' | 'purpose'> {
  due_from: Instant
  due_at: Instant
}

/** The window open now, with what is left of it, or else the next (remaining_ms 0). */
export interface PresentWindow {
  open: boolean
  start: Instant
  end: Instant
  remaining_ms: number
}

/** The follow-ups owed by a treatment completed at `performedAt`, in the order of the rules. */
export function planTreatment(
  rules: readonly Rule[],
  performedAt: Instant,
  timezone: string,
  windows: readonly Window[],
  preferences: Stored,
  holidays: readonly string[] = [],
): Owed[] {
  return rules.map(({ code, role, assign, channels, from, due, plan_from, purpose }) => {
    const dueFrom = momentAfter(performedAt, from, timezone)
    const dueAt = momentAfter(performedAt, due, timezone)
    const planFrom = plan_from && momentAfter(performedAt, plan_from, timezone)
    return {
      code,
      role,
      assign,
      channels: [...channels],
      due_from: dueFrom,
      due_at: dueAt,
      ...plan(channels, dueFrom, dueAt, timezone, windows, preferences, planFrom, holidays),
      purpose,
    }
  })
}

/**
 * When to make a contact that may be made from `dueFrom` to `dueAt`.
 *
 * A call goes to the first moment inside a window; where none is left it falls due at its
 * deadline and a text is proposed, as it is to customers who do not want calls.
 */
export function plan(
  channels: readonly string[],
  dueFrom: Instant,
  dueAt: Instant,
  timezone: string,
  windows: readonly Window[],
  preferences: Stored,
  planFrom?: Instant | null,
  holidays: readonly string[] = [],
): Plan {
  const end = Date.parse(dueAt)
  const from = planFrom ? Date.parse(planFrom) : end
  const start = planFrom && from <= end ? Math.max(Date.parse(dueFrom), from) : Date.parse(dueFrom)
  if (!channels.includes('call')) return { planned_at: instant(start), propose_text: false }
  if (!acceptsCalls(preferences)) return { planned_at: instant(start), propose_text: true }
  for (const [opens, closes] of openings(start, callWindows(windows, preferences), timezone, holidays)) {
    if (opens >= end) break
    const first = Math.max(opens, start)
    if (first < Math.min(closes, end)) return { planned_at: instant(first), propose_text: false }
  }
  return { planned_at: instant(end), propose_text: true }
}

/** False when the customer asked not to be called. */
export function acceptsCalls(preferences: Stored): boolean {
  const contact = fields(preferences).contact
  return contact !== 'text_only' && contact !== 'no_call'
}

/** The windows for calling this customer: their own best time, else the clinic's. */
export function callWindows(windows: readonly Window[], preferences: Stored): readonly Window[] {
  const { from, to } = fields(fields(preferences).best_time)
  return hoursOf([from, to]) ? [[from, to] as Window] : windows
}

/** Start of the first window that starts strictly after `after`; of the next day if there is no window. */
export function nextWindow(
  after: Instant,
  windows: readonly Window[],
  timezone: string,
  holidays: readonly string[] = [],
): Instant {
  const moment = Date.parse(after)
  for (const [opens] of openings(moment, windows, timezone, holidays)) if (opens > moment) return instant(opens)
  return dayStart(after, timezone, 1)
}

/** The window open now (start included, end excluded), or the next one; null without windows. */
export function presentWindow(
  now: Instant,
  windows: readonly Window[],
  timezone: string,
  holidays: readonly string[] = [],
): PresentWindow | null {
  const moment = Date.parse(now)
  for (const [opens, closes] of openings(moment, windows, timezone, holidays)) {
    if (closes <= moment) continue
    const open = opens <= moment
    return { open, start: instant(opens), end: instant(closes), remaining_ms: open ? closes - moment : 0 }
  }
  return null
}

/** 00:00:00 of the clinic's day of `at`, or of `days` days after it. */
export function dayStart(at: Instant, timezone: string, days = 0): string {
  return instant(instantOf(daysAfter(dayOf(Date.parse(at), timezone), days), 0, timezone))
}

/** 23:59:59 of the clinic's day of `at`, or of `days` days after it. */
export function endOfDay(at: Instant, timezone: string, days = 0): string {
  return instant(instantOf(daysAfter(dayOf(Date.parse(at), timezone), days), LAST_SECOND, timezone))
}

/** Whether an instant lies in the clinic's day of `now`. */
export function onDayOf(now: Instant, timezone: string): (at: Instant | null) => at is Instant {
  const [from, to] = [dayStart(now, timezone), endOfDay(now, timezone)]
  return (at): at is Instant => at !== null && at >= from && at <= to
}

const HOUR = 3_600_000
const LAST_SECOND = 24 * HOUR - 1000

function instant(at: number): Instant {
  return new Date(at).toISOString()
}

function momentAfter(performedAt: Instant, moment: Moment, timezone: string): Instant {
  if ('hours' in moment) return instant(Date.parse(performedAt) + moment.hours * HOUR)
  const edge = moment.edge === 'start' ? dayStart : endOfDay
  return edge(performedAt, timezone, moment.day)
}

/** Start and end of the windows, in order, from the day of `after` on; none if no window is valid. */
function* openings(
  after: number,
  windows: readonly Window[],
  timezone: string,
  holidays: readonly string[],
): Generator<[number, number]> {
  const hours = windows.map(hoursOf).filter((pair) => pair !== null)
  for (let day: Day = dayOf(after, timezone); hours.length > 0; day = daysAfter(day, 1)) {
    if (holidays.includes(dateOf(day))) continue
    const ofDay = hours.map(([start, end]): [number, number] => [
      instantOf(day, start, timezone),
      instantOf(day, end, timezone),
    ])
    ofDay.sort((one, other) => one[0] - other[0] || one[1] - other[1])
    // A window inside the hour that a change of clocks skips is not there on that day.
    for (const opening of ofDay) if (opening[0] < opening[1]) yield opening
  }
}

/** The two times of a window, in ms after midnight; null when malformed, empty or over midnight. */
function hoursOf(window: unknown): [number, number] | null {
  if (!Array.isArray(window) || window.length !== 2) return null
  const [start, end] = window.map(wallClock)
  return start !== undefined && end !== undefined && start < end ? [start, end] : null
}

function wallClock(text: unknown): number | undefined {
  const digits = typeof text === 'string' && /^([01][0-9]|2[0-3]):([0-5][0-9])$/.exec(text)
  return digits ? Number(digits[1]) * HOUR + Number(digits[2]) * (HOUR / 60) : undefined
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
