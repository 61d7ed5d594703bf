// A step is ticked with one thumb, and the tick can be taken back for a while.
import { setStep } from '@/actions/vip'
import type { VipStep } from '@/domain/documents'
import { BY_DECISION, maySet, PLAN_ANSWER } from '@/domain/vip/may'
import { session } from '@/state'
import { report } from '../feedback'
import { isWhole } from './held'
import { useVipWords } from './words'

/** Whether the person sets this step by hand at all: it is theirs to set, and no decision of the case does it. */
export const maySetByHand = (step: VipStep): boolean =>
  isWhole(step.case_id) && session.person !== null && maySet(session.person, step) && !BY_DECISION.includes(step.code)

export function useTicking() {
  const { t, title } = useVipWords()
  return {
    mayTick: (step: VipStep) => maySetByHand(step) && step.code !== PLAN_ANSWER,
    tick: async (step: VipStep) =>
      report(await setStep(step, 'done'), t('vip.ticked', { step: title(step.title) }), { undo: true }),
  }
}
