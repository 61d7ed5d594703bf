/** A small clinic for tests: people by role, two customers, a treatment and its follow-ups. */
import type { Documents, Id, TableName } from '../../src/domain/documents'
import { derivedId } from '../../src/domain/ids'
import { followup as followupRow } from '../domain/rows'
import type { FakePerson } from './fake-server'

const clinicId = '00000000-0000-4000-8000-00000000c11c'
const at = '2026-11-20T02:00:00.000Z'
const row = (id: Id) => ({ id, created_at: at, updated_at: at, updated_by: null })

export const id = (name: string): Id => derivedId(clinicId, name)

export const people: FakePerson[] = [
  { id: id('customer_service'), login: 'customer_service', name: '周客服', roles: ['customer_service'] },
  { id: id('consult_lead'), login: 'consult_lead', name: '郑主管', roles: ['consult_lead', 'nurse'] },
]

export function customer(key: string, name: string): Documents['customer'] {
  return {
    ...row(id(key)),
    name,
    gender: 'female',
    birth_date: null,
    phones: [],
    source: null,
    referrer_id: null,
    owner_id: null,
    preferences: {},
  }
}

export function brief(key: string, surname: string): Documents['customer_brief'] {
  return { ...row(id(key)), customer_id: id(key), surname, form: '女士' }
}

export function followup(key: string, customerKey: string): Documents['followup'] {
  return followupRow(id(key), {
    ...row(id(key)),
    customer_id: id(customerKey),
    due_from: at,
    planned_at: at,
    purpose: '了解反应',
  })
}

export function rows(): Partial<{ [T in TableName]: Documents[T][] }> {
  const staff = people.map(({ id, ...person }) => ({ ...row(id), ...person, partner_id: null, active: true }))
  return {
    clinic: [
      {
        ...row(clinicId),
        code: 'demo',
        name: '美档诊所',
        phone: '021-55550000',
        timezone: 'Asia/Shanghai',
        call_windows: [['11:00', '12:30']],
        rules_version: 1,
        compliance_officer_id: null,
      },
    ],
    staff,
    customer: [customer('wang', '王小梅'), customer('li', '李娜')],
    customer_brief: [brief('wang', '王'), brief('li', '李')],
    followup: [followup('first', 'wang'), followup('second', 'li'), followup('third', 'wang')],
    customer_alert: [{ ...row(id('alert')), customer_id: id('wang'), text: '青霉素过敏', severity: 'danger' }],
  }
}
