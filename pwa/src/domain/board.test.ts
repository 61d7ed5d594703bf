import { expect, test } from 'vitest'
import { followup } from '../../tests/domain/rows'
import { boardOf, byHolder, countsOf, dateAt, signOffOf } from './board'
import type { DaySignOff, Excuse, Followup } from './documents'

const timezone = 'Asia/Shanghai'
const date = '2026-11-22'
const row = { created_at: '2026-11-19T02:00:00.000Z', updated_at: '', updated_by: null }

const done = (id: string, closed_at: string, changes: Partial<Followup> = {}) =>
  followup(id, { status: 'done', closed_by: 'service', closed_at, ...changes })

const excuse = (followup_id: string, reason: string, at: string, day = date): Excuse => ({
  ...row,
  id: `${followup_id}-${at}`,
  followup_id,
  customer_id: 'wang',
  date: day,
  reason,
  by: 'service',
  at,
})

const board = (followups: Followup[], excuses: Excuse[] = [], texts: string[] = [], day = date) =>
  boardOf(followups, { date: day, timezone, excuses, byText: ({ id }) => texts.includes(id) })

const standing = (...args: Parameters<typeof board>) =>
  Object.fromEntries(board(...args).map(({ followup, standing }) => [followup.id, standing]))

test('what was closed on the day is in time, by text, late or unreachable', () => {
  const noon = '2026-11-22T04:00:00.000Z'
  const followups = [
    done('called', noon),
    done('written', noon),
    done('late', noon, { due_at: '2026-11-22T03:00:00.000Z' }),
    done('early', noon, { due_at: '2026-11-25T15:59:59.000Z' }),
    followup('gone', { status: 'unreachable', closed_by: 'service', closed_at: noon }),
  ]
  expect(standing(followups, [], ['written', 'late'])).toEqual({
    called: 'in_time',
    written: 'texted',
    late: 'late',
    early: 'in_time',
    gone: 'unreachable',
  })
})

test('what is open stays on the board of every day until it is closed, excused day by day', () => {
  const followups = [followup('today'), followup('yesterday', { due_at: '2026-11-21T04:00:00.000Z' })]
  const excuses = [excuse('today', 'travelling', '2026-11-22T12:00:00.000Z')]
  expect(standing(followups, excuses)).toEqual({ today: 'excused', yesterday: 'left' })
  expect(standing(followups, excuses, [], '2026-11-23')).toEqual({ today: 'left', yesterday: 'left' })
})

test('what was closed later was left on the day before', () => {
  const followups = [done('next day', '2026-11-22T16:00:00.000Z')]
  expect(standing(followups)).toEqual({ 'next day': 'left' })
  expect(standing(followups, [], [], '2026-11-23')).toEqual({ 'next day': 'late' })
  expect(standing(followups, [], [], '2026-11-24')).toEqual({})
})

test('nothing of tomorrow, nothing that is void, nothing closed before', () => {
  const followups = [
    followup('tomorrow', { due_at: '2026-11-22T16:00:00.000Z' }),
    followup('void', { status: 'cancelled' }),
    done('long ago', '2026-11-21T15:59:59.999Z'),
    followup('not yet', { created_at: '2026-11-22T16:00:00.000Z', due_at: '2026-11-22T15:00:00.000Z' }),
  ]
  expect(standing(followups)).toEqual({})
})

test('what is with the doctor waits for nobody else', () => {
  const reached = { closed_by: 'service', closed_at: '2026-11-22T04:00:00.000Z' }
  const followups = [followup('severe', { status: 'escalated' }), followup('told', { status: 'escalated', ...reached })]
  expect(standing(followups)).toEqual({ severe: 'escalated', told: 'escalated' })
  expect(standing(followups, [], [], '2026-11-23')).toEqual({ severe: 'escalated', told: 'escalated' })
})

test('the last reason counts', () => {
  const excuses = [
    excuse('one', 'second', '2026-11-22T12:00:00.000Z'),
    excuse('one', 'first', '2026-11-22T10:00:00.000Z'),
    excuse('one', 'another day', '2026-11-22T13:00:00.000Z', '2026-11-21'),
  ]
  expect(board([followup('one')], excuses)).toEqual([
    { followup: followup('one'), standing: 'excused', reason: 'second' },
  ])
})

test('an item is of who closed it, else of who has it, else of the role; most left first', () => {
  const items = board([
    done('closed', '2026-11-22T04:00:00.000Z', { assignee_id: 'other' }),
    followup('had', { assignee_id: 'other' }),
    followup('pool'),
    followup('pool too'),
  ])
  const groups = byHolder(items)
  expect(groups.map(({ holder }) => holder)).toEqual([
    { role: 'customer_service' },
    { staff_id: 'other' },
    { staff_id: 'service' },
  ])
  expect(groups[0]?.counts.left).toBe(2)
  expect(byHolder(items, ['nurse']).at(-1)).toMatchObject({ holder: { staff_id: 'nurse' }, items: [] })
  expect(countsOf(items)).toMatchObject({ in_time: 1, left: 3, excused: 0 })
})

test('the newest sign-off of a day counts', () => {
  const signed = (id: string, at: string, staff_id = 'service', day = date): DaySignOff => ({
    ...row,
    id,
    date: day,
    staff_id,
    by: 'lead',
    at,
  })
  const all = [
    signed('first', '2026-11-22T12:00:00.000Z'),
    signed('second', '2026-11-22T13:00:00.000Z'),
    signed('of another', '2026-11-22T14:00:00.000Z', 'nurse'),
    signed('of another day', '2026-11-22T14:00:00.000Z', 'service', '2026-11-21'),
  ]
  expect(signOffOf(all, date, 'service')?.id).toBe('second')
  expect(signOffOf(all, date, 'doctor')).toBeUndefined()
})

test('the day is the clinic’s', () => {
  expect(dateAt(Date.parse('2026-11-22T15:59:59.000Z'), timezone)).toBe('2026-11-22')
  expect(dateAt(Date.parse('2026-11-22T16:00:00.000Z'), timezone)).toBe('2026-11-23')
  expect(dateAt(Date.parse('2026-11-30T16:00:00.000Z'), timezone, -1)).toBe('2026-11-30')
})
