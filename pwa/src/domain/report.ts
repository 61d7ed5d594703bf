// The lead's report as the server tells it, cut by period, person or rule, and as a table for Excel.
import type { Id, Instant, Role } from './documents'

export type ReportStep = 'day' | 'week' | 'month'

export const figures = [
  'due',
  'in_time',
  'late',
  'unreachable',
  'overdue',
  'escalated',
  'attempts',
  'effective',
] as const
export type Figure = (typeof figures)[number]
export type Figures = Record<Figure, number>

export interface ReportRow extends Figures {
  /** Its first day. */
  period: string
  /** Who closed it or has it, or who made the attempts; null: nobody of `role` has taken it. */
  staff_id: Id | null
  role: Role | null
  rule: string
}

export interface Report {
  from: string
  to: string
  step: ReportStep
  at: Instant
  periods: string[]
  rows: ReportRow[]
  /** By period in which they were raised; minutes until a doctor's first attempt. */
  escalations: {
    period: string
    raised: number
    attended: number
    minutes: number[]
    median_minutes: number | null
  }[]
}

export interface ReportQuery {
  from: string
  to: string
  step: ReportStep
}

export type Cut = 'period' | 'person' | 'rule'
export interface Line extends Figures {
  key: string
}

/** Of a person their id, of what nobody has taken `role:nurse`. */
export const personKey = ({ staff_id, role }: Pick<ReportRow, 'staff_id' | 'role'>): string =>
  staff_id ?? `role:${role}`

export interface Filter {
  person: string | null
  rule: string | null
}

export function rowsOf({ rows }: Report, { person, rule }: Filter): ReportRow[] {
  return rows.filter((row) => (!person || personKey(row) === person) && (!rule || row.rule === rule))
}

export function sumOf(rows: readonly Figures[]): Figures {
  const sum = Object.fromEntries(figures.map((name) => [name, 0])) as Figures
  for (const row of rows) for (const name of figures) sum[name] += row[name]
  return sum
}

/** Periods in their order, also those in which nothing was due; people and rules by how much was due. */
export function linesOf(report: Report, rows: readonly ReportRow[], cut: Cut): Line[] {
  const keyOf = { period: (row: ReportRow) => row.period, person: personKey, rule: (row: ReportRow) => row.rule }[cut]
  const groups = new Map<string, ReportRow[]>(cut === 'period' ? report.periods.map((period) => [period, []]) : [])
  for (const row of rows) groups.set(keyOf(row), [...(groups.get(keyOf(row)) ?? []), row])
  const lines = [...groups].map(([key, group]) => ({ key, ...sumOf(group) }))
  return cut === 'period' ? lines : lines.sort((one, other) => other.due - one.due || other.attempts - one.attempts)
}

/** Closed in time, of what was due. */
export const inTime = ({ in_time, due }: Figures): number | null => (due > 0 ? in_time / due : null)

/** Attempts that reached the customer and recorded something, of those made: apart from what was completed. */
export const contactRate = ({ effective, attempts }: Figures): number | null =>
  attempts > 0 ? effective / attempts : null

/** Minutes until a doctor's first attempt, over all periods. */
export function medianOf({ escalations }: Report): number | null {
  const minutes = escalations.flatMap((one) => one.minutes).sort((one, other) => one - other)
  const [low, high] = [minutes[Math.floor((minutes.length - 1) / 2)], minutes[Math.floor(minutes.length / 2)]]
  return low === undefined || high === undefined ? null : Math.round((low + high) / 2)
}

const BYTE_ORDER_MARK = '\uFEFF'

/** Excel takes UTF-8 for what it is only after the mark, and what looks like a formula for one. */
export function csvOf(table: readonly (readonly (string | number)[])[]): string {
  const cell = (value: string | number) => {
    const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value)
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  }
  return BYTE_ORDER_MARK + table.map((row) => `${row.map(cell).join(',')}\r\n`).join('')
}
