// One person's next steps across all their VIP cases, for somebody who walks.
import type { Id, Role, VipCaseBrief, VipStep } from '../documents'
import { dayOf } from '../zone'
import { groupedByCase } from './board'
import { earlier, inOrder, isFor, isLate, isOver } from './timeline'

export interface Errand {
  vip: VipCaseBrief
  step: VipStep
}

export interface Errands {
  late: Errand[]
  /** Can be done at this moment: their turn has come, and they have no time of their own or it is near. */
  now: Errand[]
  today: Errand[]
  later: Errand[]
}

const SOON_MS = 3_600_000

/** Of confirmed cases: before the confirmation nothing is owed but decisions, which have screens of their own. */
export function errandsOf(
  cases: readonly VipCaseBrief[],
  steps: readonly VipStep[],
  { now, timezone, person }: { now: number; timezone: string; person: { id: Id; roles: readonly Role[] } },
): Errands {
  const at = new Date(now).toISOString()
  const soon = new Date(now + SOON_MS).toISOString()
  const groups = groupedByCase(steps)
  const errands: Errands = { late: [], now: [], today: [], later: [] }
  const owed = cases
    .filter(({ status }) => status === 'confirmed')
    .flatMap((vip) => inOrder(groups.get(vip.id) ?? []).map((planned) => ({ vip, ...planned })))
    .filter(({ step }) => !isOver(step) && isFor(step, person))
    .sort(earlier)
  for (const { vip, step, from } of owed) {
    const isToday = from !== null && dayOf(Date.parse(from), timezone) === dayOf(now, timezone)
    const group = isLate(step, at) ? 'late' : from === null || from <= soon ? 'now' : isToday ? 'today' : 'later'
    errands[group].push({ vip, step })
  }
  return errands
}
