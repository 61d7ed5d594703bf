// The VIP cases of this phone: whole, or what partners see of their own salon's.
import { computed } from 'vue'
import type { Id, VipCase, VipCaseBrief, VipPlan, VipStep } from '@/domain/documents'
import { isRunning } from '@/domain/vip/board'
import { ordersOf } from '@/domain/vip/timeline'
import { records } from '@/state'

export const heldCases = computed<VipCaseBrief[]>(() => [
  ...records.all('vip_case'),
  ...records.all('vip_case_brief').filter(({ id }) => !records.get('vip_case', id)),
])

/** The steps of each case, in order. Kept, because the clock asks again and again. */
export const heldOrders = computed(() => {
  const whole = records.all('vip_step')
  const early = records.all('vip_step_early').filter(({ id }) => !records.get('vip_step', id))
  return ordersOf(early.length ? [...whole, ...early] : whole)
})

export const caseOf = (id: Id): VipCase | VipCaseBrief | undefined =>
  records.get('vip_case', id) ?? records.get('vip_case_brief', id)

export function stepsOf(id: Id): VipStep[] {
  const whole = records.by('vip_step', 'case_id', id)
  return whole.length ? whole : records.by('vip_step_early', 'case_id', id)
}

/** By label. */
export function plansOf(id: Id): VipPlan[] {
  const whole = records.by('vip_plan', 'case_id', id)
  const held = whole.length ? whole : records.by('vip_plan_released', 'case_id', id)
  return [...held].sort((one, other) => (one.label < other.label ? -1 : 1))
}

/** It runs, and this phone holds all of it. */
export const isWhole = (id: Id): boolean => {
  const vip = records.get('vip_case', id)
  return vip !== undefined && isRunning(vip)
}
