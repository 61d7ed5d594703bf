import { describe, expect, test } from 'vitest'
import { followup as row } from '../../tests/domain/rows'
import { agenda, dueCount, isMine } from './agenda'
import type { Followup, Window } from './documents'

const windows: Window[] = [
  ['11:00', '12:30'],
  ['14:30', '17:30'],
]
const timezone = 'Asia/Shanghai'
const clinicTime = (text: string) => new Date(`${text}+08:00`).toISOString()

const followup = (fields: Partial<Followup>): Followup =>
  row('f', {
    due_from: clinicTime('2026-11-22T00:00'),
    due_at: clinicTime('2026-11-22T23:59:59'),
    planned_at: clinicTime('2026-11-22T14:30'),
    ...fields,
  })

function groupOf(fields: Partial<Followup>, at: string, callback = false): string | undefined {
  const now = Date.parse(clinicTime(at))
  const day = agenda([followup(fields)], { now, windows, timezone, awaitsCallback: () => callback })
  return (['overdue', 'due', 'later', 'callback', 'escalated'] as const).find((group) => day[group].length === 1)
}

describe('where a follow-up stands', () => {
  test.each([
    ['planned for this window, which is open', {}, '2026-11-22T15:00', 'due'],
    ['planned for a window that has not opened', {}, '2026-11-22T13:00', 'later'],
    ['its window has passed, its day has not', {}, '2026-11-22T18:00', 'due'],
    ['its day has passed', {}, '2026-11-23T09:00', 'overdue'],
    [
      'planned for tomorrow',
      { planned_at: clinicTime('2026-11-23T11:00'), due_at: clinicTime('2026-11-25T11:00') },
      '2026-11-22T15:00',
      undefined,
    ],
    ['with the doctor', { status: 'escalated' as const }, '2026-11-22T15:00', 'escalated'],
    ['cancelled', { status: 'cancelled' as const }, '2026-11-22T15:00', undefined],
  ])('%s', (_, fields, at, group) => {
    expect(groupOf(fields, at)).toBe(group)
  })

  test('a call back waits until its time comes', () => {
    const fields = { planned_at: clinicTime('2026-11-22T16:00'), due_at: clinicTime('2026-11-22T16:00') }
    expect(groupOf(fields, '2026-11-22T15:00', true)).toBe('callback')
    expect(groupOf(fields, '2026-11-22T16:00', true)).toBe('due')
  })
})

test('the bar counts what was closed today beside what is still to do', () => {
  const closed = (closed_at: string) => followup({ status: 'done', closed_at: clinicTime(closed_at) })
  const day = agenda([closed('2026-11-22T10:00'), closed('2026-11-21T10:00'), followup({})], {
    now: Date.parse(clinicTime('2026-11-22T15:00')),
    windows,
    timezone,
    awaitsCallback: () => false,
  })
  expect([day.done, day.total]).toEqual([1, 2])
})

test('an escalation stands before what was due earlier', () => {
  const earlier = followup({ id: 'earlier', due_at: clinicTime('2026-11-22T15:30') })
  const urgent = followup({ id: 'urgent', rule: 'doctor_escalation' })
  const day = agenda([earlier, urgent], {
    now: Date.parse(clinicTime('2026-11-22T15:00')),
    windows,
    timezone,
    awaitsCallback: () => false,
  })
  expect(day.due.map(({ id }) => id)).toEqual(['urgent', 'earlier'])
})

test("the icon counts what waits for the person now: overdue, or planned by now, and nobody else's", () => {
  const now = Date.parse(clinicTime('2026-11-22T15:00'))
  const nurse = { id: 'nurse', roles: ['nurse' as const] }
  const mine = {
    assignee_id: 'nurse',
    planned_at: clinicTime('2026-11-22T16:00'),
    due_at: clinicTime('2026-11-22T18:00'),
  }
  const waiting = [
    followup({ ...mine, planned_at: clinicTime('2026-11-22T14:30') }),
    followup({ ...mine, due_at: clinicTime('2026-11-22T10:00') }),
  ]
  const others = [
    followup(mine),
    followup({ ...mine, planned_at: clinicTime('2026-11-22T14:30'), assignee_id: 'doctor' }),
    followup({ ...mine, planned_at: clinicTime('2026-11-22T14:30'), status: 'done' }),
  ]
  expect(dueCount([...waiting, ...others], nurse, now)).toBe(2)
})

describe('whose follow-up it is', () => {
  const nurse = { id: 'nurse', roles: ['nurse' as const] }
  test.each([
    ['assigned to the person', { assignee_id: 'nurse' }, true],
    ['assigned to a colleague of the role', { assignee_id: 'nurse2', role: 'nurse' as const }, false],
    ['owed by the role, assigned to nobody', { role: 'nurse' as const }, true],
    ['owed by another role', {}, false],
  ])('%s', (_, fields, mine) => {
    expect(isMine(followup(fields), nurse)).toBe(mine)
  })
})
