/** A confirmed VIP case with four steps and a plan, and a phone that holds of it what its person sees. */

import type {
  Clinic,
  Documents,
  Id,
  Role,
  TableName,
  VipCase,
  VipLead,
  VipPlan,
  VipStep,
} from '../../../src/domain/documents'
import { derivedId } from '../../../src/domain/ids'
import { Base } from '../../../src/state/base'
import { View } from '../../../src/state/view'
import { vipStep } from '../rows'

export const CASE: Id = '0000ca5e-0000-4000-8000-000000000001'
const opened = '2026-11-20T02:00:00.000Z'
const row = { created_at: opened, updated_at: opened, updated_by: null, customer_id: 'c' }
const arrival = { arrival_at: '2026-12-01T02:00:00.000Z', party_size: 2, transport: {} }

const clinic = { ...row, id: 'clinic', timezone: 'Asia/Shanghai' } as unknown as Clinic

const vip: VipCase = {
  ...row,
  ...arrival,
  id: CASE,
  partner_id: 'p',
  status: 'confirmed',
  stage: 'arrangements',
  team: {},
  opened_by: null,
  template_version: 1,
  moves: [{ by: null, at: opened, mutation_id: '0', ...arrival }],
  review: {},
}

const leads: Record<string, VipLead | null> = {
  tell_service: { days: -2 },
  in_place: { minutes: -30 },
  lights: null,
  tour: null,
}

export const steps = Object.entries(leads).map(
  ([code, lead], position): VipStep =>
    vipStep(CASE, code, {
      ...row,
      id: derivedId(CASE, code),
      stage: position < 2 ? 'arrangements' : 'arrival',
      position,
      lead,
    }),
)

type Rows = { [T in TableName]?: Documents[T][] }

export const ofTheTeam: Rows = { vip_case: [vip], vip_step: steps }

const plan: VipPlan = {
  ...row,
  id: 'plan',
  case_id: CASE,
  label: 'A',
  procedures: ['线雕'],
  price: 1_280_000,
  risks: '肿胀',
  status: 'released',
  approved_by: null,
  approved_at: null,
  answers: [],
}

export const ofTheSalon: Rows = { vip_case_brief: [vip], vip_plan_released: [plan] }

export function phone(roles: Role[] = ['customer_service'], rows = ofTheTeam): View {
  const base = new Base()
  const held = Object.entries({ clinic: [clinic], ...rows }).map(([table, documents]) => {
    const entries = documents.map((document) => [document.id, { version: 1, document }] as const)
    return [table as TableName, new Map(entries)] as const
  })
  base.apply({ reset: true, changes: new Map(held) })
  return new View(base, { id: 'me', roles })
}
