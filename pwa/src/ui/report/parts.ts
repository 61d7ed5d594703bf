import type { Figures } from '@/domain/report'

/** What a follow-up that was due came to; together they are all that was due. */
export const parts = ['in_time', 'late', 'unreachable', 'overdue', 'open'] as const
export type Part = (typeof parts)[number]

export function partsOf(figures: Figures): Record<Part, number> {
  const { due, in_time, late, unreachable, overdue } = figures
  return { in_time, late, unreachable, overdue, open: Math.max(0, due - in_time - late - unreachable - overdue) }
}
