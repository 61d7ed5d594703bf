// The plans of a case side by side: A basic, B ideal, C complete. Pure.
import type { VipPlan } from '../documents'

export const LABELS = ['A', 'B', 'C'] as const
export type Label = (typeof LABELS)[number]

/** It may still be written anew. */
export const isOpen = ({ status }: VipPlan): boolean => status === 'draft' || status === 'approved'

/** What was said yes or no to, or is still to be, and the places where a plan may yet be written: none once one is accepted. */
export function sideBySide(plans: readonly VipPlan[]): { label: Label; plan: VipPlan | null }[] {
  const accepted = plans.some(({ status }) => status === 'accepted')
  return LABELS.flatMap((label) => {
    const own = plans.filter((plan) => plan.label === label).map((plan) => ({ label, plan }))
    const standing = own.some(({ plan }) => plan.status !== 'declined')
    return standing || accepted ? own : [...own, { label, plan: null }]
  })
}

/** A procedure as people read it; the server also takes objects that have a name. */
export function nameOfProcedure(procedure: VipPlan['procedures'][number]): string {
  return typeof procedure === 'string' ? procedure : String(procedure.name ?? '')
}
