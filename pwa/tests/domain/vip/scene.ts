/** A confirmed VIP case with four steps, and a phone that holds it. */

import type { Clinic, Id, TableName, VipCase, VipLead, VipStep } from '../../../src/domain/documents'
import { derivedId } from '../../../src/domain/ids'
import type { Actor } from '../../../src/domain/transaction'
import { Base } from '../../../src/state/base'
import { View } from '../../../src/state/view'

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
  ([code, lead], position): VipStep => ({
    ...row,
    id: derivedId(CASE, code),
    case_id: CASE,
    stage: position < 2 ? 'arrangements' : 'arrival',
    position,
    code,
    title: { zh: code, en: code },
    owner_role: 'customer_service',
    assignee_id: null,
    mandatory: true,
    gate: null,
    lead,
    due_at: null,
    state: 'todo',
    done_by: null,
    done_at: null,
    contested: null,
    history: [],
  }),
)

const actor: Actor = { id: 'me', roles: ['customer_service'] }

export function phone(): View {
  const rows: [TableName, (Clinic | VipCase | VipStep)[]][] = [
    ['clinic', [clinic]],
    ['vip_case', [vip]],
    ['vip_step', steps],
  ]
  const base = new Base()
  const held = rows.map(
    ([table, documents]) => [table, new Map(documents.map((one) => [one.id, { version: 1, document: one }]))] as const,
  )
  base.apply({ reset: true, changes: new Map(held) })
  return new View(base, actor)
}
