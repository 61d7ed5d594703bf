/** Rows as a phone holds them; what a test does not care about is filled in. */

import type { Followup, Id, PhotoSet, Treatment, VipStep } from '../../src/domain/documents'

const row = { created_at: '2026-11-19T02:00:00.000Z', updated_at: '', updated_by: null }

/** Due for the customer service on 22 November. */
export const followup = (id: Id, fields: Partial<Followup> = {}): Followup => ({
  ...row,
  id,
  customer_id: 'wang',
  treatment_id: null,
  rule: 'cs_d3',
  role: 'customer_service',
  assignee_id: null,
  channels: ['call', 'text'],
  due_from: '2026-11-21T16:00:00.000Z',
  due_at: '2026-11-22T15:59:59.000Z',
  planned_at: '2026-11-22T03:00:00.000Z',
  purpose: '',
  status: 'open',
  attempts: 0,
  unanswered: 0,
  unanswered_days: [],
  parent_id: null,
  closed_by: null,
  closed_at: null,
  ...fields,
})

/** Of the face, before any treatment, finished. */
export const photoSet = (id: Id, fields: Partial<PhotoSet> = {}): PhotoSet => ({
  ...row,
  id,
  customer_id: 'wang',
  treatment_id: null,
  region: 'face',
  time_point: 'pre',
  rule: 'degrees',
  checklist: {},
  baseline_set_id: null,
  chaperone: null,
  vip_case_id: null,
  status: 'finished',
  skipped: [],
  by: null,
  ...fields,
})

/** A nose that was operated on `performed_at`. */
export const treatment = (id: Id, performed_at: string | null, fields: Partial<Treatment> = {}): Treatment => ({
  ...row,
  id,
  customer_id: 'wang',
  category: 'surgery',
  name: '隆鼻',
  sites: ['鼻部'],
  planned_at: null,
  performed_at,
  consultant_id: null,
  doctor_id: null,
  nurse_id: null,
  products: [],
  rules_version: 1,
  status: 'complete',
  ...fields,
})

/** A mandatory step of the customer service that nobody has begun. */
export const vipStep = (case_id: Id, code: string, fields: Partial<VipStep> = {}): VipStep => ({
  ...row,
  id: `${code}@${case_id}`,
  case_id,
  customer_id: 'wang',
  stage: 'arrangements',
  position: 0,
  code,
  title: { zh: code, en: code },
  owner_role: 'customer_service',
  assignee_id: null,
  mandatory: true,
  gate: null,
  lead: null,
  due_at: null,
  state: 'todo',
  done_by: null,
  done_at: null,
  contested: null,
  history: [],
  ...fields,
})
