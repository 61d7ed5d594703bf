// Today closes today: how each follow-up of a day stands, whose it is, and what is left when the day is signed off.
import type { DaySignOff, Excuse, Followup, Id, Role } from './documents'
import { dateOf, dayOf, dayOfDate, daysAfter, instantOf } from './zone'

/**
 * Of a day's follow-ups each is exactly one of these. `in_time`, `texted` (by a text, in time), `late` and `unreachable`
 * were closed on that day; `escalated` wait for the doctor; `excused` and `left` stay open, with a reason or without.
 */
export const standings = ['in_time', 'texted', 'late', 'unreachable', 'escalated', 'excused', 'left'] as const
export type Standing = (typeof standings)[number]
export type Counts = Record<Standing, number>

export interface BoardItem {
  followup: Followup
  standing: Standing
  reason?: string
}

export interface BoardDay {
  /** The clinic's day, "2026-11-22". */
  date: string
  timezone: string
  /** Why follow-ups were left, whatever their day. */
  excuses: readonly Excuse[]
  /** Whether the follow-up was closed by a text. */
  byText: (followup: Followup) => boolean
}

/** The clinic's day at `now` (ms), or `days` after it. */
export const dateAt = (now: number, timezone: string, days = 0): string => dateOf(daysAfter(dayOf(now, timezone), days))

/** What fell due by the end of the day and was not closed before it, and what was closed on it, in the order given. */
export function boardOf(followups: readonly Followup[], { date, timezone, excuses, byText }: BoardDay): BoardItem[] {
  const day = dayOfDate(date)
  const from = new Date(instantOf(day, 0, timezone)).toISOString()
  const next = new Date(instantOf(daysAfter(day, 1), 0, timezone)).toISOString()
  const reasons = new Map<Id, Excuse>()
  for (const excuse of excuses) {
    const known = reasons.get(excuse.followup_id)
    if (excuse.date === date && (!known || known.at < excuse.at)) reasons.set(excuse.followup_id, excuse)
  }
  const items: BoardItem[] = []
  for (const followup of followups) {
    const { status, created_at, due_at } = followup
    // What was closed and then escalated is open again; when it was closed stays on record.
    const closed_at = status === 'escalated' ? null : followup.closed_at
    if (status === 'cancelled' || (closed_at && closed_at < from)) continue
    if (closed_at && closed_at < next) items.push({ followup, standing: closedAs(followup, byText) })
    else if (due_at >= next || created_at >= next) continue
    else if (status === 'escalated') items.push({ followup, standing: 'escalated' })
    else {
      const reason = reasons.get(followup.id)?.reason
      items.push(reason ? { followup, standing: 'excused', reason } : { followup, standing: 'left' })
    }
  }
  return items
}

function closedAs(followup: Followup, byText: BoardDay['byText']): Standing {
  if (followup.status === 'unreachable') return 'unreachable'
  if ((followup.closed_at ?? '') > followup.due_at) return 'late'
  return byText(followup) ? 'texted' : 'in_time'
}

export function countsOf(items: readonly BoardItem[]): Counts {
  const counts = Object.fromEntries(standings.map((standing) => [standing, 0])) as Counts
  for (const { standing } of items) counts[standing] += 1
  return counts
}

/** Whose item it is: of who closed it, else of who has it, else of everybody of the role. */
export type Holder = { staff_id: Id } | { role: Role }

export function holderOf({ closed_by, assignee_id, role }: Followup): Holder {
  const staff_id = closed_by ?? assignee_id
  return staff_id ? { staff_id } : { role }
}

/** The items by holder, and `people` who have none; who has most left comes first. */
export function byHolder(
  items: readonly BoardItem[],
  people: readonly Id[] = [],
): { holder: Holder; items: BoardItem[]; counts: Counts }[] {
  const groups = new Map<string, { holder: Holder; items: BoardItem[] }>()
  for (const staff_id of people) groups.set(staff_id, { holder: { staff_id }, items: [] })
  for (const item of items) {
    const holder = holderOf(item.followup)
    const key = 'staff_id' in holder ? holder.staff_id : holder.role
    const group = groups.get(key) ?? { holder, items: [] }
    group.items.push(item)
    groups.set(key, group)
  }
  return [...groups.values()]
    .map((group) => ({ ...group, counts: countsOf(group.items) }))
    .sort((one, other) => other.counts.left - one.counts.left || other.items.length - one.items.length)
}

/** The newest sign-off of somebody's day. */
export function signOffOf(signOffs: readonly DaySignOff[], date: string, staffId: Id): DaySignOff | undefined {
  return signOffs
    .filter((one) => one.date === date && one.staff_id === staffId)
    .reduce<DaySignOff | undefined>((one, other) => (one && one.at >= other.at ? one : other), undefined)
}
