// A person's day: which follow-ups are theirs, and in which group each stands now.
import type { Followup, Id, Role, Window } from './documents'
import { acceptsCalls, dayStart, endOfDay, type PresentWindow, presentWindow } from './planning'

export interface Agenda {
  overdue: Followup[]
  /** Planned up to the end of the call window that is open, or up to now when none is. */
  due: Followup[]
  later: Followup[]
  /** The customer asked to be called back and the time has not come. */
  callback: Followup[]
  /** Handed to the doctor and not closed yet. */
  escalated: Followup[]
  done: number
  /** done + everything above that is still to do today; escalated ones are the doctor's. */
  total: number
  window: PresentWindow | null
}

interface Day {
  /** ms since 1970 */
  now: number
  windows: readonly Window[]
  timezone: string
  /** Closed days: nobody is called on them. */
  holidays?: readonly string[]
  /** Whether the last attempt of this follow-up asked for a call back. */
  awaitsCallback: (followup: Followup) => boolean
}

/** Assigned to the person, or to nobody and owed by a role of theirs. */
export function isMine(followup: Followup, person: { id: Id; roles: readonly Role[] }): boolean {
  if (followup.assignee_id) return followup.assignee_id === person.id
  return followup.role !== null && person.roles.includes(followup.role)
}

export function agenda(
  followups: readonly Followup[],
  { now, windows, timezone, holidays = [], awaitsCallback }: Day,
): Agenda {
  const at = new Date(now).toISOString()
  const window = presentWindow(at, windows, timezone, holidays)
  const todayFrom = dayStart(at, timezone)
  const todayTo = endOfDay(at, timezone)
  const dueUntil = window?.open ? window.end : at
  const day: Agenda = { overdue: [], due: [], later: [], callback: [], escalated: [], done: 0, total: 0, window }

  for (const followup of followups) {
    const { status, planned_at, due_at, closed_at } = followup
    if (status === 'done' || status === 'unreachable') {
      if (closed_at !== null && closed_at >= todayFrom && closed_at <= todayTo) day.done += 1
    } else if (status === 'escalated') day.escalated.push(followup)
    else if (status !== 'open') continue
    else if (due_at < at) day.overdue.push(followup)
    else if (planned_at > todayTo) continue
    else if (planned_at > at && awaitsCallback(followup)) day.callback.push(followup)
    else if (planned_at <= at || planned_at < dueUntil) day.due.push(followup)
    else day.later.push(followup)
  }

  for (const group of [day.overdue, day.due, day.later, day.callback, day.escalated]) group.sort(byUrgency)
  day.total = day.done + day.overdue.length + day.due.length + day.later.length + day.callback.length
  return day
}

/** How many wait for the person now: the number on the app's icon, as the server counts it, too. */
export function dueCount(
  followups: readonly Followup[],
  person: { id: Id; roles: readonly Role[] },
  now: number,
): number {
  const at = new Date(now).toISOString()
  const waits = ({ status, due_at, planned_at }: Followup) => status === 'open' && (due_at <= at || planned_at <= at)
  return followups.filter((followup) => waits(followup) && isMine(followup, person)).length
}

/** Escalations first, then what is due first. Instants compare as text. */
function byUrgency(one: Followup, other: Followup): number {
  const urgent = Number(other.rule === 'doctor_escalation') - Number(one.rule === 'doctor_escalation')
  if (urgent !== 0) return urgent
  return one.due_at < other.due_at ? -1 : one.due_at > other.due_at ? 1 : one.planned_at < other.planned_at ? -1 : 1
}

/** A call for which no window is left before it is due, or which the customer does not want: writing is proposed. */
export function textIsBetter(followup: Followup, preferences: unknown): boolean {
  const { attempts, channels, due_at, planned_at } = followup
  if (!channels.includes('call')) return false
  return !acceptsCalls(preferences) || (attempts === 0 && planned_at === due_at && channels.includes('text'))
}
