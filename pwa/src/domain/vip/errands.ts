// One person's next steps across all their VIP cases, for somebody who walks.
import type { Id, Role, VipCaseBrief, VipStep } from '../documents'
import { isOver } from '../mutators/vip/history'
import { onDayOf } from '../planning'
import { byArrival } from './board'
import { byStage, earlier, isFor, isLate, type Planned } from './timeline'

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

/**
 * Of confirmed cases: before the confirmation nothing is owed but decisions, which have screens of their own. A step
 * without a time of its own waits until its stage is reached and the mandatory ones before it in it are done.
 */
export function errandsOf(
  cases: readonly VipCaseBrief[],
  orders: ReadonlyMap<Id, readonly Planned[]>,
  { now, timezone, person }: { now: number; timezone: string; person: { id: Id; roles: readonly Role[] } },
): Errands {
  const at = new Date(now).toISOString()
  const soon = new Date(now + SOON_MS).toISOString()
  const isToday = onDayOf(at, timezone)
  const errands: Errands = { late: [], now: [], today: [], later: [] }
  const owed = cases
    .filter(({ status }) => status === 'confirmed')
    .flatMap((vip) => openOf(vip, orders.get(vip.id) ?? []).map((planned) => ({ vip, ...planned })))
    .filter(({ step }) => isFor(step, person))
    .sort(earlier)
  for (const { vip, step, from, waits } of owed) {
    const turn = !waits && (from === null || from <= soon)
    errands[isLate(step, at) ? 'late' : turn ? 'now' : isToday(step.due_at) ? 'today' : 'later'].push({ vip, step })
  }
  return errands
}

/** What a person leaves to whoever comes after them: of each confirmed case their open steps, in order. */
export function handoverOf(
  cases: readonly VipCaseBrief[],
  orders: ReadonlyMap<Id, readonly Planned[]>,
  person: { id: Id; roles: readonly Role[] },
): { vip: VipCaseBrief; steps: VipStep[] }[] {
  return cases
    .filter(({ status }) => status === 'confirmed')
    .map((vip) => ({
      vip,
      steps: openOf(vip, orders.get(vip.id) ?? [])
        .map(({ step }) => step)
        .filter((step) => isFor(step, person)),
    }))
    .filter(({ steps }) => steps.length > 0)
    .sort((one, other) => byArrival(one.vip, other.vip))
}

/**
 * The open steps, and which of them wait: those without a time, until their stage is reached and the ones before done.
 * What was optional in a stage that is complete is over with it.
 */
function openOf({ stage: here }: VipCaseBrief, order: readonly Planned[]): (Planned & { waits: boolean })[] {
  const turn = new Map<string, number>()
  const complete = new Set<string>()
  let reached = true
  let before = true
  for (const { stage, steps, done, total } of byStage(order)) {
    const begun = steps.some(({ state }) => state !== 'todo')
    const next = steps.filter(({ mandatory, state }) => mandatory && !isOver(state)).map(({ position }) => position)
    if (reached || before || begun) turn.set(stage, Math.min(...next))
    if (stage === here) reached = false
    before = done === total
    if (before) complete.add(stage)
  }
  return order
    .filter(({ step }) => !isOver(step.state) && (step.mandatory || !complete.has(step.stage)))
    .map(({ step, from }) => ({
      step,
      from,
      waits: step.due_at === null && step.position > (turn.get(step.stage) ?? -1),
    }))
}
