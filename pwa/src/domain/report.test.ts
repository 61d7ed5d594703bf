import { expect, test } from 'vitest'
import type { Attempt } from './documents'
import { newId } from './ids'
import { contactRate, csvOf, inTime, linesOf, medianOf, type Report, type ReportRow, rowsOf, sumOf } from './report'
import { sampleOf } from './sample'

const none = { due: 0, in_time: 0, late: 0, unreachable: 0, overdue: 0, escalated: 0, attempts: 0, effective: 0 }
const row = (changes: Partial<ReportRow>): ReportRow => ({
  ...none,
  period: '2026-11-21',
  staff_id: 'service',
  role: null,
  rule: 'cs_d3',
  ...changes,
})

const report: Report = {
  from: '2026-11-20',
  to: '2026-11-22',
  step: 'day',
  at: '2026-11-22T04:00:00.000Z',
  periods: ['2026-11-20', '2026-11-21', '2026-11-22'],
  rows: [
    row({ due: 4, in_time: 3, late: 1, attempts: 6, effective: 3 }),
    row({ due: 2, staff_id: null, role: 'nurse', rule: 'nurse_w1', overdue: 2 }),
    row({ due: 5, period: '2026-11-22', in_time: 5, rule: 'cs_d7', attempts: 4, effective: 4 }),
  ],
  escalations: [
    { period: '2026-11-21', raised: 2, attended: 2, minutes: [20, 60], median_minutes: 40 },
    { period: '2026-11-22', raised: 1, attended: 1, minutes: [300], median_minutes: 300 },
  ],
}

test('a report is cut by period, also an empty one, by person and by rule', () => {
  expect(linesOf(report, report.rows, 'period').map(({ key, due }) => [key, due])).toEqual([
    ['2026-11-20', 0],
    ['2026-11-21', 6],
    ['2026-11-22', 5],
  ])
  expect(linesOf(report, report.rows, 'person').map(({ key, due }) => [key, due])).toEqual([
    ['service', 9],
    ['role:nurse', 2],
  ])
  expect(linesOf(report, report.rows, 'rule').map(({ key }) => key)).toEqual(['cs_d7', 'cs_d3', 'nurse_w1'])
})

test('it can be of one person, or of one rule', () => {
  expect(sumOf(rowsOf(report, { person: 'role:nurse', rule: null })).due).toBe(2)
  expect(sumOf(rowsOf(report, { person: 'service', rule: 'cs_d7' })).due).toBe(5)
})

test('contact is told apart from completion, and nothing of nothing is no rate', () => {
  const sum = sumOf(report.rows)
  expect(inTime(sum)).toBeCloseTo(8 / 11)
  expect(contactRate(sum)).toBeCloseTo(0.7)
  expect([inTime(none), contactRate(none)]).toEqual([null, null])
})

test('the median is of all minutes, not of the medians', () => {
  expect(medianOf(report)).toBe(60)
  expect(medianOf({ ...report, escalations: report.escalations.slice(0, 1) })).toBe(40)
  expect(medianOf({ ...report, escalations: [] })).toBeNull()
})

test('Excel reads the table in Chinese and runs nothing of it', () => {
  expect(
    csvOf([
      ['姓名', '到期'],
      ['周"客服', 3],
      ['=1+1', -2],
    ]),
  ).toBe('\uFEFF姓名,到期\r\n"周""客服",3\r\n\'=1+1,-2\r\n')
  expect(csvOf([['a,b', 'c\nd']])).toBe('\uFEFF"a,b","c\nd"\r\n')
})

const attempt = (at: string): Attempt => ({ id: newId(), at }) as Attempt
const timezone = 'Asia/Shanghai'
const yesterday = Array.from({ length: 40 }, (_, n) => attempt(new Date(Date.UTC(2026, 10, 21, 2, n)).toISOString()))

test('the sample is of the last day with attempts, the same all day in whatever order they came', () => {
  const today = attempt('2026-11-22T02:00:00.000Z')
  const older = attempt('2026-11-20T02:00:00.000Z')
  const drawn = sampleOf([...yesterday, today, older], '2026-11-22', timezone, 5)
  expect(drawn).toHaveLength(5)
  expect(yesterday).toEqual(expect.arrayContaining(drawn))
  expect(sampleOf([older, today, ...yesterday].reverse(), '2026-11-22', timezone, 5)).toEqual(drawn)
  expect(sampleOf([older], '2026-11-22', timezone, 5)).toEqual([older])
})

test('another day draws others, and what is long past is left alone', () => {
  const first = sampleOf(yesterday, '2026-11-22', timezone, 5)
  expect(sampleOf(yesterday, '2026-11-23', timezone, 5)).not.toEqual(first)
  expect(sampleOf(yesterday, '2026-11-30', timezone, 5)).toEqual([])
  expect(sampleOf([], '2026-11-22', timezone, 5)).toEqual([])
})
