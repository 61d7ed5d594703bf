// All running VIP cases on one glance: by arrival, with the stage, what is next and whose, and what is late.
import type { Id, Role, VipCaseBrief, VipStep } from '../documents'
import { isOver } from '../mutators/vip/history'
import { onDayOf } from '../planning'
import { isFor, isLate, nextOf, type Planned } from './timeline'

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

/** `orders`: the steps of each case. `done` of `total` mandatory steps: those of the stage at which the case stands. */
export function boardOf(
  cases: readonly VipCaseBrief[],
  orders: ReadonlyMap<Id, readonly Planned[]>,
  { now, timezone, person }: Looking,
): BoardRow[] {
  const at = new Date(now).toISOString()
  const isToday = onDayOf(at, timezone)
  return cases
    .filter(isRunning)
    .sort(byArrival)
    .map((vip) => {
      const order = orders.get(vip.id) ?? []
      const open = order.map(({ step }) => step).filter(({ state }) => !isOver(state))
      const atHand = order.filter(({ step }) => step.stage === vip.stage && step.mandatory)
      return {
        vip,
        done: atHand.filter(({ step }) => isOver(step.state)).length,
        total: atHand.length,
        next: nextOf(order, at),
        late: open.filter((step) => isLate(step, at)).length,
        unclear: order.filter(({ step }) => step.contested).length,
        mine: Object.values(vip.team).includes(person.id) || open.some((step) => isFor(step, person)),
        today: isToday(vip.arrival_at) || open.some(({ due_at }) => isToday(due_at)),
      }
    })
}

export const fits = (row: BoardRow, filter: Filter): boolean =>
  filter === 'all' || (filter === 'late' ? row.late > 0 : row[filter])

/** The next arrival first; who has none yet comes last. */
export function byArrival(one: VipCaseBrief, other: VipCaseBrief): number {
  const [first, second] = [one.arrival_at ?? '9', other.arrival_at ?? '9']
  return first < second ? -1 : first > second ? 1 : one.id < other.id ? -1 : 1
}
