import { describe, expect, test } from 'vitest'
// The same table is run by tests/server/test_planning.py.
import shared from '../../tests/vectors/planning.json'
import type { Rule, Window } from '../src/domain/documents'
import { dayStart, endOfDay, nextWindow, plan, planTreatment, presentWindow } from '../src/domain/planning'

interface Case {
  name: string
  call: 'plan_treatment' | 'plan' | 'next_window' | 'present_window' | 'day_start' | 'end_of_day'
  timezone?: string
  windows?: Window[]
  preferences?: unknown
  holidays?: string[]
  performed_at: string
  channels: string[]
  due_from: string
  due_at: string
  plan_from?: string
  after: string
  now: string
  at: string
  days?: number
  owes: Record<string, unknown[]>
  gives: unknown
}

const rules = shared.rules as unknown as Rule[]
const cases = shared.cases as unknown as Case[]

function answer(c: Case): unknown {
  const timezone = c.timezone ?? 'Asia/Shanghai'
  const windows = c.windows ?? (shared.windows as Window[])
  const preferences = 'preferences' in c ? c.preferences : {}
  const holidays = c.holidays ?? []
  switch (c.call) {
    case 'plan_treatment': {
      const owed = planTreatment(rules, c.performed_at, timezone, windows, preferences, holidays)
      const times = owed.map((o) => [o.code, [o.due_from, o.due_at, o.planned_at, o.propose_text]])
      return Object.fromEntries(times.filter(([code]) => (code as string) in c.owes))
    }
    case 'plan':
      return Object.values(
        plan(c.channels, c.due_from, c.due_at, timezone, windows, preferences, c.plan_from, holidays),
      )
    case 'next_window':
      return nextWindow(c.after, windows, timezone, holidays)
    case 'present_window': {
      const present = presentWindow(c.now, windows, timezone, holidays)
      return present && Object.values(present)
    }
    case 'day_start':
      return dayStart(c.at, timezone, c.days)
    case 'end_of_day':
      return endOfDay(c.at, timezone, c.days)
  }
}

/** The table writes times with the offset of the clinic's clocks; the planner answers in UTC. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical)
  return typeof value === 'string' ? new Date(value).toISOString() : value
}

describe('the table holds', () => {
  test.each(cases)('$name', (c) => {
    const expected =
      c.call === 'plan_treatment'
        ? Object.fromEntries(Object.entries(c.owes).map(([code, times]) => [code, canonical(times)]))
        : canonical(c.gives)
    expect(answer(c)).toEqual(expected)
  })
})

test('a treatment owes every rule once, in the order of the table', () => {
  const owed = planTreatment(rules, '2026-11-22T02:00:00.000Z', 'Asia/Shanghai', shared.windows as Window[], {})
  expect(owed.map(({ code, role, assign, channels, purpose }) => ({ code, role, assign, channels, purpose }))).toEqual(
    rules.map(({ code, role, assign, channels, purpose }) => ({ code, role, assign, channels, purpose })),
  )
})
