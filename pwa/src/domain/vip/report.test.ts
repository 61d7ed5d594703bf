import { expect, test } from 'vitest'
import type { VipCase, VipPlan, VipStep } from '../documents'
import { reportOf } from './report'

const now = '2026-11-24T04:00:00.000Z'
const due = '2026-11-24T02:00:00.000Z'
const after = '2026-11-24T02:30:00.000Z'
const vip = (review: Record<string, unknown> = {}) => ({ review }) as VipCase
const plan = (status: VipPlan['status'], price: number) => ({ status, price }) as VipPlan

const steps = (...changes: Partial<VipStep>[]): VipStep[] =>
  changes.map(
    (one, position) =>
      ({
        id: String(position),
        stage: 'arrival',
        position,
        mandatory: true,
        due_at: due,
        state: 'todo',
        ...one,
      }) as VipStep,
  )

test('late is what was done after its time or is open past it; what was skipped is neither late nor in time', () => {
  const report = reportOf(
    vip(),
    steps(
      { state: 'done', done_at: due },
      { state: 'done', done_at: after },
      { state: 'blocked', stage: 'ward' },
      { state: 'skipped' },
      { due_at: null },
      { due_at: '2026-11-25T02:00:00.000Z' },
    ),
    [],
    now,
  )
  expect(report.late.map(({ step, by }) => [step.id, by / 60_000])).toEqual([
    ['1', 30],
    ['2', 120],
  ])
  expect([report.inTime, report.timed]).toEqual([1, 3])
  expect(report.stages).toEqual([
    { stage: 'arrival', done: 3, total: 5, late: 1, skipped: 1 },
    { stage: 'ward', done: 0, total: 1, late: 1, skipped: 0 },
  ])
})

test('the amount is what the review says, else what was accepted, else unknown', () => {
  const plans = [plan('accepted', 500), plan('declined', 900), plan('accepted', 20)]
  expect(reportOf(vip({ amount: 400 }), [], plans, now).amount).toBe(400)
  expect(reportOf(vip(), [], plans, now).amount).toBe(520)
  expect(reportOf(vip(), [], [plan('released', 1)], now).amount).toBeNull()
})
