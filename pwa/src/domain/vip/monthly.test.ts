import { expect, test } from 'vitest'
import { inTimeRate, monthsOf, type VipMonthRow } from './monthly'

const none = { cases: 1, closed: 1, accepted: 1, amount: 0, in_time: 0, late: 0 }
const row = (month: string, partner_id: string, amount: number, channel_dev_id: string | null = null): VipMonthRow => ({
  ...none,
  month,
  partner_id,
  channel_dev_id,
  amount,
})

test('months are cut by salon or by channel developer, the latest month and the largest amount first', () => {
  const rows = [
    row('2026-10', 'star', 100),
    row('2026-11', 'star', 100, 'he'),
    row('2026-11', 'moon', 300, 'he'),
    row('2026-11', 'star', 250),
  ]
  const bySalon = monthsOf(rows, 'partner_id')
  expect(bySalon.map(({ month, sum }) => [month, sum.cases, sum.amount])).toEqual([
    ['2026-11', 3, 650],
    ['2026-10', 1, 100],
  ])
  expect(bySalon[0]?.lines.map(({ key, amount }) => [key, amount])).toEqual([
    ['star', 350],
    ['moon', 300],
  ])
  expect(monthsOf(rows, 'channel_dev_id')[0]?.lines.map(({ key, amount }) => [key, amount])).toEqual([
    ['he', 400],
    [null, 250],
  ])
})

test('steps in time are told of those that had a time', () => {
  expect(inTimeRate({ ...none, in_time: 3, late: 1 })).toBe(0.75)
  expect(inTimeRate(none)).toBeNull()
})
