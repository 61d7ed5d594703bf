// VIP cases by month, as the server counts them; cut by partner salon or by channel developer.
import type { Id, Instant } from '../documents'

const sums = ['cases', 'closed', 'accepted', 'amount', 'in_time', 'late'] as const

/** `amount`: fen. `in_time`, `late`: steps that had a time. */
export type VipSums = Record<(typeof sums)[number], number>

export interface VipMonthRow extends VipSums {
  /** "2026-11", of the arrival. */
  month: string
  partner_id: Id
  channel_dev_id: Id | null
}

export interface VipMonths {
  from: string
  to: string
  at: Instant
  months: VipMonthRow[]
}

export const cuts = ['partner_id', 'channel_dev_id'] as const
export type VipCut = (typeof cuts)[number]

export interface VipLine extends VipSums {
  key: Id | null
}

/** The latest month first; in each, whoever brought most in comes first. */
export function monthsOf(
  rows: readonly VipMonthRow[],
  cut: VipCut,
): { month: string; sum: VipSums; lines: VipLine[] }[] {
  const months = grouped(rows, ({ month }) => month)
  return [...months]
    .sort(([one], [other]) => (one < other ? 1 : -1))
    .map(([month, ofMonth]) => ({
      month,
      sum: sumOf(ofMonth),
      lines: [...grouped(ofMonth, (row) => row[cut])]
        .map(([key, some]) => ({ key, ...sumOf(some) }))
        .sort((one, other) => other.amount - one.amount || other.cases - one.cases),
    }))
}

/** Steps done in time, of those that had one; null: none had. */
export const inTimeRate = ({ in_time, late }: VipSums): number | null =>
  in_time + late > 0 ? in_time / (in_time + late) : null

function sumOf(rows: readonly VipSums[]): VipSums {
  const sum = Object.fromEntries(sums.map((name) => [name, 0])) as VipSums
  for (const row of rows) for (const name of sums) sum[name] += row[name]
  return sum
}

function grouped<K>(rows: readonly VipMonthRow[], keyOf: (row: VipMonthRow) => K): Map<K, VipMonthRow[]> {
  const groups = new Map<K, VipMonthRow[]>()
  for (const row of rows) groups.set(keyOf(row), [...(groups.get(keyOf(row)) ?? []), row])
  return groups
}
