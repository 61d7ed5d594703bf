/** Pictures for tests, and the file that they belong to. */
import type { Documents, Id } from '../../src/domain/documents'
import { id } from './clinic'

const at = '2026-11-20T02:00:00.000Z'
const row = (id: Id) => ({ id, created_at: at, updated_at: at, updated_by: null })

/** The smallest file with the structure of a JPEG of 8 x 6 pixels; `seed` makes it another one. */
export function jpeg(seed: number, bytes = 0): Uint8Array<ArrayBuffer> {
  const frame = [0xff, 0xc0, 0, 11, 8, 0, 6, 0, 8, 1, 1, 0x11, 0]
  const scan = [0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, seed & 127, (seed >> 7) & 127]
  const body = [0xff, 0xd8, ...frame, ...scan]
  return Uint8Array.from([...body, ...new Array<number>(bytes).fill(seed & 127), 0xff, 0xd9])
}

const set = (key: string, customerKey: string): Documents['photo_set'] => ({
  ...row(id(key)),
  customer_id: id(customerKey),
  treatment_id: null,
  region: 'face',
  time_point: 'pre',
  rule: 'degrees',
  checklist: {},
  baseline_set_id: null,
  chaperone: null,
  vip_case_id: null,
  status: 'taking',
  skipped: [],
  by: null,
})

/** A set of a customer who has consented, and one of a customer who has not. */
export const onFile = (): { consent: Documents['consent'][]; photo_set: Documents['photo_set'][] } => ({
  consent: [
    {
      ...row(id('consent')),
      customer_id: id('wang'),
      purpose: 'record',
      wording_version: '1',
      guardian: null,
      signed_at: at,
      revoked_at: null,
    },
  ],
  photo_set: [set('set', 'wang'), set('set-without-consent', 'li')],
})

/** What is said of a picture when it is saved. */
export const taking = (photo: Id) => ({
  id: photo,
  set_id: id('set'),
  view: 'F' as const,
  taken_at: at,
  capture: {},
  checks: {},
})
