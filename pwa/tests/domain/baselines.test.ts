import { expect, test } from 'vitest'
import type { Appointment, Photo, PhotoSet, Treatment } from '../../src/domain/documents'
import { baselinesFor } from '../../src/domain/photosets/baselines'
import { photoSet, treatment as treatmentRow } from './rows'

const timezone = 'Asia/Shanghai'
const clinicTime = (text: string) => new Date(`${text}+08:00`).toISOString()
const now = clinicTime('2026-11-22T08:00')
const row = { created_at: clinicTime('2026-08-01T10:00'), updated_at: now, updated_by: null }

const visit = (customer_id: string, at: string, fields: Partial<Appointment> = {}): Appointment => ({
  ...row,
  id: `visit-${customer_id}-${at}`,
  customer_id,
  at: clinicTime(at),
  kind: 'consultation',
  staff_id: null,
  status: 'booked',
  ...fields,
})
const set = (id: string, customer_id: string, fields: Partial<PhotoSet> = {}): PhotoSet =>
  photoSet(id, { ...row, customer_id, ...fields })
const photo = (id: string, set_id: string, fields: Partial<Photo> = {}) =>
  ({ id, set_id, view: 'F', taken_at: row.created_at, supersedes: null, voided: false, ...fields }) as Photo
const treatment = (id: string, customer_id: string, performed: string): Treatment =>
  treatmentRow(id, clinicTime(performed), { customer_id })

function baselines(appointments: Appointment[], sets: PhotoSet[], photos: Photo[], treatments: Treatment[] = []) {
  const photosOf = (id: string) => photos.filter(({ set_id }) => set_id === id)
  return baselinesFor({ appointments, treatments, sets, photosOf }, { now, timezone })
}

test('of a customer who comes today the "before" of each region, by the pictures that count', () => {
  const sets = [
    set('face', 'wang'),
    set('nose', 'wang', { region: 'nose' }),
    set('later', 'wang', { time_point: 'm1' }),
  ]
  const photos = [
    photo('front', 'face'),
    photo('retaken', 'face', { view: 'LO' }),
    photo('instead', 'face', { view: 'LO', supersedes: 'retaken' }),
    photo('voided', 'face', { view: 'RO', voided: true }),
    photo('base', 'nose', { view: 'BA' }),
    photo('month', 'later'),
  ]
  expect(baselines([visit('wang', '2026-11-22T15:00')], sets, photos)).toEqual(['front', 'instead', 'base'])
})

test('who does not come today, or has cancelled, needs none', () => {
  const visits = [
    visit('wang', '2026-11-23T09:00'),
    visit('li', '2026-11-22T09:00', { status: 'cancelled' }),
    visit('zhao', '2026-11-21T09:00'),
  ]
  const sets = ['wang', 'li', 'zhao'].map((customer) => set(`set-${customer}`, customer))
  const photos = sets.map(({ id }) => photo(`photo-${id}`, id))
  expect(baselines(visits, sets, photos)).toEqual([])
})

test('a set owed today is laid over the "before" of its own treatment, which comes first', () => {
  const sets = [
    set('older', 'wang', { region: 'nose', treatment_id: 'other' }),
    set('own', 'wang', { region: 'nose', treatment_id: 't', created_at: clinicTime('2026-07-01T10:00') }),
  ]
  const photos = [photo('p-older', 'older'), photo('p-own', 'own')]
  const check = visit('wang', '2026-11-22T15:00', { kind: 'check' })
  const needed = baselines([check], sets, photos, [treatment('t', 'wang', '2026-11-15T15:00')])
  expect(needed).toEqual(['p-own', 'p-older'])
})
