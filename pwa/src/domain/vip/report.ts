// How a case went: which stages were on time, what was late, what was decided, for how much.
import type { Instant, VipCase, VipPlan, VipStep } from '../documents'
import { isOver } from '../mutators/vip/history'
import { byStage, inOrder } from './timeline'

export interface LateStep {
  step: VipStep
  /** How long after its time it was done (ms), or has not been done. */
  by: number
}

export interface CaseReport {
  stages: { stage: string; done: number; total: number; late: number; skipped: number }[]
  /** Of the steps that had a time. */
  inTime: number
  timed: number
  late: LateStep[]
  accepted: VipPlan[]
  /** fen; what the review says, else what was accepted. */
  amount: number | null
}

/** `now`: how late open steps are; of a closed case, the moment of its closing. */
export function reportOf(vip: VipCase, steps: readonly VipStep[], plans: readonly VipPlan[], now: Instant): CaseReport {
  const late = inOrder(steps).flatMap(({ step }) => lateOf(step, now))
  const timed = steps.filter(
    ({ due_at, state }) => due_at !== null && (state === 'done' || (state !== 'skipped' && due_at < now)),
  )
  const accepted = plans.filter(({ status }) => status === 'accepted')
  const said = vip.review.amount
  return {
    stages: byStage(inOrder(steps)).map(({ stage, steps, done, total }) => ({
      stage,
      done,
      total,
      late: late.filter(({ step }) => step.stage === stage).length,
      skipped: steps.filter(({ state }) => state === 'skipped').length,
    })),
    inTime: timed.length - late.length,
    timed: timed.length,
    late,
    accepted,
    amount:
      typeof said === 'number' ? said : accepted.length ? accepted.reduce((sum, { price }) => sum + price, 0) : null,
  }
}

/** Done after its time, or open past it; what was left out on purpose is not late. */
function lateOf(step: VipStep, now: Instant): LateStep[] {
  const { due_at, done_at, state } = step
  const until = state === 'done' ? done_at : isOver(state) ? null : now
  return due_at !== null && until !== null && until > due_at
    ? [{ step, by: Date.parse(until) - Date.parse(due_at) }]
    : []
}
