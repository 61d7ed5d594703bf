// All running VIP cases on one glance: by arrival, with the stage, what is next and whose, and what is late.
import type { Id, Instant, Role, VipCaseBrief, VipStep } from '../documents'
import { isOver } from '../mutators/vip/history'
import { dayOf } from '../zone'
import { byStage, inOrder, isFor, isLate, nextOf, type Planned } from './timeline'

export interface BoardRow {
  vip: VipCaseBrief
  done: number
  total: number
  next: VipStep | undefined
  late: number
  /** Somebody has to say which of two states is right. */
  unclear: number
  mine: boolean
  today: boolean
}

export const filters = ['all', 'mine', 'today', 'late'] as const
export type Filter = (typeof filters)[number]

interface Looking {
  /** ms since 1970 */
  now: number
  timezone: string
  person: { id: Id; roles: readonly Role[] }
}

export const isRunning = ({ status }: VipCaseBrief): boolean => status !== 'declined' && status !== 'closed'

export function groupedByCase(steps: readonly VipStep[]): Map<Id, VipStep[]> {
  const groups = new Map<Id, VipStep[]>()
  for (const step of steps) {
    const group = groups.get(step.case_id)
    if (group) group.push(step)
    else groups.set(step.case_id, [step])
  }
  return groups
}

/** `done` of `total` mandatory steps: those of the stage at which the case stands. */
export function boardOf(cases: readonly VipCaseBrief[], steps: readonly VipStep[], looking: Looking): BoardRow[] {
  const groups = groupedByCase(steps)
  return cases
    .filter(isRunning)
    .sort(byArrival)
    .map((vip) => rowOf(vip, inOrder(groups.get(vip.id) ?? []), looking))
}

function rowOf(vip: VipCaseBrief, order: readonly Planned[], { now, timezone, person }: Looking): BoardRow {
  const at = new Date(now).toISOString()
  const open = order.map(({ step }) => step).filter((step) => !isOver(step.state))
  const isToday = (when: Instant | null) => when !== null && dayOf(Date.parse(when), timezone) === dayOf(now, timezone)
  const { done = 0, total = 0 } = byStage(order).find(({ stage }) => stage === vip.stage) ?? {}
  return {
    vip,
    done,
    total,
    next: nextOf(order, at),
    late: open.filter((step) => isLate(step, at)).length,
    unclear: order.filter(({ step }) => step.contested).length,
    mine: Object.values(vip.team).includes(person.id) || open.some((step) => isFor(step, person)),
    today: isToday(vip.arrival_at) || open.some(({ due_at }) => isToday(due_at)),
  }
}

export const fits = (row: BoardRow, filter: Filter): boolean =>
  filter === 'all' || (filter === 'late' ? row.late > 0 : row[filter])

/** The next arrival first; who has none yet comes last. */
export function byArrival(one: VipCaseBrief, other: VipCaseBrief): number {
  const [first, second] = [one.arrival_at ?? '9', other.arrival_at ?? '9']
  return first < second ? -1 : first > second ? 1 : one.id < other.id ? -1 : 1
}
