import { describe, expect, test } from 'vitest'
import type { Appointment, PhotoSet, Treatment } from '../../src/domain/documents'
import { dueToday, owedSets } from '../../src/domain/photosets/owing'
import { photoSet, treatment as treatmentRow } from './rows'

const timezone = 'Asia/Shanghai'
const clinicTime = (text: string) => new Date(`${text}+08:00`).toISOString()
const now = clinicTime('2026-11-22T10:00')
const row = { created_at: now, updated_at: now, updated_by: null, customer_id: 'c' }

const treatment = (fields: Partial<Treatment> = {}): Treatment =>
  treatmentRow('t', clinicTime('2026-11-15T15:00'), { customer_id: 'c', ...fields })
const planned = (at: string, fields: Partial<Treatment> = {}) =>
  treatment({ status: 'planned', performed_at: null, planned_at: clinicTime(at), ...fields })
const visit = (at: string, fields: Partial<Appointment> = {}): Appointment => ({
  ...row,
  id: at,
  at: clinicTime(at),
  kind: 'check',
  staff_id: null,
  status: 'booked',
  ...fields,
})
const set = (fields: Partial<PhotoSet>): PhotoSet =>
  photoSet('s', { ...row, treatment_id: 't', region: 'nose', ...fields })

/** "nose pre, ..." with + for what has begun */
const owed = (one: Treatment, sets: PhotoSet[] = [], visits: Appointment[] = []) =>
  owedSets(one, sets, visits, { now, timezone })
    .map(({ region, time_point, begun }) => `${region} ${time_point}${begun ? '+' : ''}`)
    .join(', ')

describe('a treatment owes', () => {
  const injected = (at: string) =>
    treatment({ category: 'injectable', name: '玻尿酸丰唇', sites: ['唇部'], performed_at: clinicTime(at) })

  test.each<[string, Treatment, PhotoSet[], Appointment[], string]>([
    ['before the day, a set before it', planned('2026-11-25T15:00'), [], [], 'nose pre'],
    ['on its day, still', planned('2026-11-22T09:00'), [], [], 'nose pre'],
    ['no set before it once the planned day has passed', planned('2026-11-20T15:00'), [], [], ''],
    ['nothing more when that set is finished', planned('2026-11-25T15:00'), [set({})], [], ''],
    ['what was begun and not finished', planned('2026-11-25T15:00'), [set({ status: 'taking' })], [], 'nose pre+'],
    [
      'nothing when pictures were taken at the consultation, under no treatment',
      planned('2026-11-25T15:00'),
      [set({ treatment_id: null, created_at: clinicTime('2026-11-10T10:00') })],
      [],
      '',
    ],
    [
      'a new set where the one under no treatment is older than a month',
      planned('2026-11-25T15:00'),
      [set({ treatment_id: null, created_at: clinicTime('2026-09-10T10:00') })],
      [],
      'nose pre',
    ],
    [
      'a set of another treatment is not this one’s',
      planned('2026-11-25T15:00'),
      [set({ treatment_id: 'u' })],
      [],
      'nose pre',
    ],
    ['of injectables, one at once', injected('2026-11-22T09:30'), [], [], 'lip immediate'],
    ['of injectables, nothing at once on the next day', injected('2026-11-21T09:30'), [], [], ''],
    ['of others, nothing at once', treatment({ performed_at: clinicTime('2026-11-22T09:30') }), [], [], ''],
    ['at a revisit after a week', treatment(), [], [visit('2026-11-22T15:00')], 'nose d7'],
    ['at each revisit', treatment(), [], [visit('2026-12-20T15:00'), visit('2026-11-22T15:00')], 'nose d7, nose m1'],
    ['at revisits of injectables too', injected('2026-11-15T09:30'), [], [visit('2026-11-22T15:00')], 'lip d7'],
    [
      'one set where two revisits are of one time point',
      treatment(),
      [],
      [visit('2026-11-22T15:00'), visit('2026-11-23T15:00')],
      'nose d7',
    ],
    [
      'a revisit that some clinics call 复诊',
      treatment(),
      [],
      [visit('2026-11-22T15:00', { kind: 'return_visit' })],
      'nose d7',
    ],
    ['not at the next treatment', treatment(), [], [visit('2026-11-22T15:00', { kind: 'treatment' })], ''],
    ['not at a cancelled revisit', treatment(), [], [visit('2026-11-22T15:00', { status: 'cancelled' })], ''],
    ['not at a revisit that was missed', treatment(), [], [visit('2026-11-22T09:00', { status: 'missed' })], ''],
    ['not at a revisit that has passed', treatment(), [], [visit('2026-11-18T15:00')], ''],
    ['not at a revisit before it', treatment(), [], [visit('2026-11-14T15:00')], ''],
    ['not at a revisit years later', treatment(), [], [visit('2029-11-14T15:00')], ''],
    [
      'later sets of the regions that the first ones were of',
      treatment(),
      [set({ region: 'face' }), set({ id: 's2', region: 'nose' })],
      [visit('2026-11-22T15:00')],
      'face d7, nose d7',
    ],
    ['nothing when voided', treatment({ status: 'voided' }), [], [visit('2026-11-22T15:00')], ''],
  ])('%s', (_, one, sets, visits, wanted) => {
    expect(owed(one, sets, visits)).toBe(wanted)
  })
})

test('what is due today is what can be taken today', () => {
  const later = owedSets(treatment(), [], [visit('2026-11-22T15:00'), visit('2026-12-20T15:00')], { now, timezone })
  expect(dueToday(later, now, timezone).map(({ time_point }) => time_point)).toEqual(['d7'])
})
