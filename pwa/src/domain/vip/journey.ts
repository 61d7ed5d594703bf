// What a clinic may make of its VIP journey. The server checks the same (server/clinic/vip/editing.py).
import type { Bilingual, Role, VipLead, VipTemplate, VipTemplateStep } from '../documents'

export type Journey = Pick<VipTemplate, 'stages' | 'steps'>
export type JourneyStage = Journey['stages'][number]

/** The first stage, with the case's own decisions. */
const SCREENING = 'screening'
/** A gate that the clinic has set: passed without being met only by a lead. */
export const OWN_GATE = 'clinic'
/** Steps that every journey keeps, and their gates. */
const KEPT: Readonly<Record<string, string | null>> = {
  form: null,
  review: null,
  confirmation: 'confirmation',
  answer: 'plan',
  payment: 'payment',
  consents: 'consent',
}
/** Who may own a step. */
export const stepRoles = [
  'channel_dev',
  'admin_office',
  'customer_service',
  'cs_lead',
  'consultant',
  'consult_lead',
  'consult_assistant',
  'doctor',
  'nurse',
  'front_desk',
  'finance',
  'ops_director',
] as const satisfies readonly Role[]
const OF_SCREENING = ['form', 'review', 'confirmation']
const longestTitle = 80
const mostStages = 20
const mostSteps = 200
const furthestDays = 365

export const isKept = ({ code }: Pick<VipTemplateStep, 'code'>): boolean => code in KEPT

/** The field of a step that cannot stay as it is; null when it is sound. */
export function faultOfStep(
  step: VipTemplateStep,
): 'code' | 'title' | 'owner_role' | 'lead' | 'gate' | 'mandatory' | 'stage' | null {
  const { code, title, owner_role, lead, gate, mandatory, stage } = step
  if (!isCode(code)) return 'code'
  if (!isTitle(title)) return 'title'
  if (!(stepRoles as readonly Role[]).includes(owner_role)) return 'owner_role'
  if (lead && !isLead(lead)) return 'lead'
  if (isKept(step) ? gate !== KEPT[code] : gate !== null && gate !== OWN_GATE) return 'gate'
  if ((isKept(step) || gate) && !mandatory) return 'mandatory'
  return isKept(step) && OF_SCREENING.includes(code) !== (stage === SCREENING) ? 'stage' : null
}

/** Whether stages or steps do not hold together; null when they do. */
export function faultOfJourney({ stages, steps }: Journey): 'stages' | 'steps' | null {
  const codes = stages.map(({ code }) => code)
  const named = stages.every(({ code, title }) => isCode(code) && isTitle(title))
  if (!named || isTwice(codes) || codes[0] !== SCREENING || stages.length < 2 || stages.length > mostStages)
    return 'stages'
  const order = steps.map(({ stage }) => codes.indexOf(stage))
  const inOrder = order.every((place, index) => place >= 0 && place >= (order[index - 1] ?? 0))
  const kept = Object.keys(KEPT).every((code) => steps.some((step) => step.code === code))
  const sound = steps.length <= mostSteps && !isTwice(steps.map(({ code }) => code)) && !steps.some(faultOfStep)
  return inOrder && kept && sound && new Set(order).size === stages.length ? null : 'steps'
}

/** Steps in the order of their stages, each stage as it was. */
export const inStages = ({ stages, steps }: Journey): VipTemplateStep[] =>
  stages.flatMap(({ code }) => steps.filter(({ stage }) => stage === code))

const isCode = (code: string) => /^[a-z][a-z0-9_]{0,39}$/.test(code)
const isTwice = (codes: readonly string[]) => new Set(codes).size < codes.length
const isTitle = ({ zh, en }: Bilingual) => [zh, en].every((text) => text !== '' && [...text].length <= longestTitle)

function isLead(lead: VipLead): boolean {
  const [count, most] = 'minutes' in lead ? [lead.minutes, furthestDays * 1440] : [lead.days, furthestDays]
  const clock = 'minutes' in lead || lead.at === undefined || /^([01][0-9]|2[0-3]):[0-5][0-9]$/.test(lead.at)
  return Number.isInteger(count) && Math.abs(count) <= most && clock
}
