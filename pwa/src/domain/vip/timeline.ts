// The steps of a VIP case in the order in which they are to be done, planned back from the arrival.
import type { Id, Instant, Role, VipStep } from '../documents'
import { isOver } from '../mutators/vip/history'

/** Open and past its time. */
export const isLate = (step: VipStep, now: Instant): boolean =>
  step.due_at !== null && step.due_at < now && !isOver(step.state)

/** Assigned to the person, or to nobody and owed by a role of theirs. */
export const isFor = (step: VipStep, person: { id: Id; roles: readonly Role[] }): boolean =>
  step.assignee_id ? step.assignee_id === person.id : person.roles.includes(step.owner_role)

/** `from`: when it can be begun: its own time, else that of the last step with a time before it; null: at once. */
export interface Planned {
  step: VipStep
  from: Instant | null
}

/** Earlier first; what has no time comes before what has. */
export const earlier = (one: { from: Instant | null }, other: { from: Instant | null }): number => {
  const [first, second] = [one.from ?? '', other.from ?? '']
  return first < second ? -1 : first > second ? 1 : 0
}

/** By the time from which each is to be done, then as the journey goes. */
export function inOrder(steps: readonly VipStep[]): Planned[] {
  let latest: Instant | null = null
  const planned: Planned[] = []
  for (const step of [...steps].sort((one, other) => one.position - other.position)) {
    if (step.due_at !== null && (latest === null || latest < step.due_at)) latest = step.due_at
    planned.push({ step, from: step.due_at ?? latest })
  }
  return planned.sort(earlier)
}

/** The steps of each case, in order. */
export function ordersOf(steps: readonly VipStep[]): ReadonlyMap<Id, Planned[]> {
  const groups = new Map<Id, VipStep[]>()
  for (const step of steps) {
    const group = groups.get(step.case_id)
    if (group) group.push(step)
    else groups.set(step.case_id, [step])
  }
  return new Map([...groups].map(([id, group]) => [id, inOrder(group)]))
}

/** What is to be done next: what is late, then what the order says. */
export function nextOf(order: readonly Planned[], now: Instant): VipStep | undefined {
  const open = order.map(({ step }) => step).filter(({ state }) => !isOver(state))
  return open.find((step) => isLate(step, now)) ?? open.find(({ mandatory }) => mandatory) ?? open[0]
}

export interface StageProgress {
  stage: string
  steps: VipStep[]
  /** Of its mandatory steps. */
  done: number
  total: number
}

/** The stages that have steps, in the order of the journey. */
export function byStage(order: readonly Planned[]): StageProgress[] {
  const found = new Map<string, StageProgress & { first: number }>()
  for (const { step } of order) {
    const { stage, position } = step
    const one = found.get(stage) ?? { stage, steps: [], done: 0, total: 0, first: position }
    found.set(stage, one)
    one.steps.push(step)
    one.first = Math.min(one.first, position)
    if (!step.mandatory) continue
    one.total += 1
    if (isOver(step.state)) one.done += 1
  }
  return [...found.values()].sort((one, other) => one.first - other.first)
}

/** The gates on the way to and in a stage that are not met: nothing beyond them counts as reached. */
export function gatesBefore(steps: readonly VipStep[], stage: string): VipStep[] {
  const end = Math.max(...steps.filter((step) => step.stage === stage).map(({ position }) => position))
  return steps.filter((step) => step.gate !== null && !isOver(step.state) && step.position <= end)
}
