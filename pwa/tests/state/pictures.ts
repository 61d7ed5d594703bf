/** Pictures for tests, and the file that they belong to. */
import type { Documents, Id } from '../../src/domain/documents'
import { CallError, type Sending, type Upload, unreachable } from '../../src/net'
import { photoSet } from '../domain/rows'
import { id } from './clinic'
import type { FakeServer } from './fake-server'

const at = '2026-11-20T02:00:00.000Z'
const row = (id: Id) => ({ id, created_at: at, updated_at: at, updated_by: null })

/** The smallest file with the structure of a JPEG of 8 x 6 pixels; `seed` makes it another one. */
export function jpeg(seed: number, bytes = 0): Uint8Array<ArrayBuffer> {
  const frame = [0xff, 0xc0, 0, 11, 8, 0, 6, 0, 8, 1, 1, 0x11, 0]
  const scan = [0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, seed & 127, (seed >> 7) & 127]
  const body = [0xff, 0xd8, ...frame, ...scan]
  return Uint8Array.from([...body, ...new Array<number>(bytes).fill(seed & 127), 0xff, 0xd9])
}

const set = (key: string, customerKey: string): Documents['photo_set'] =>
  photoSet(id(key), { ...row(id(key)), customer_id: id(customerKey), status: 'taking' })

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

/** Takes originals, piece by piece if a test wants so, and says in the rows what the clinic keeps. */
export class UploadDesk {
  readonly began: Pick<Sending, 'photo_id' | 'url'>[] = []
  readonly asked: Id[] = []
  readonly kept = new Map<Id, Uint8Array>()
  /** Complete, and what whoever asks will hear. */
  readonly #refused = new Map<Id, CallError>()
  /** What becomes of the next upload of a photo: refused with this code, or cut after so many bytes. */
  fate: (photo: Id) => { refused: number; code: string } | { cut: number } | null = () => null

  constructor(private readonly server: FakeServer) {
    server.beforePull = () => this.#say()
  }

  upload: Upload = async ({ photo_id, bytes, url, begun, progress, signal }) => {
    if (url && this.kept.has(photo_id)) {
      this.asked.push(photo_id)
      return 'kept'
    }
    const refused = url && this.#refused.get(photo_id)
    if (refused) {
      this.#refused.delete(photo_id)
      throw refused
    }
    this.began.push({ photo_id, url })
    begun(url ?? `/api/uploads/${photo_id}`)
    const fate = this.fate(photo_id)
    if (fate && 'refused' in fate) {
      const { refused: status, code } = fate
      const refusal = new CallError({ kind: 'refused', status, code, message: '', fields: {} })
      if (status !== 422) throw refusal
      this.#refused.set(photo_id, refusal)
    } else if (fate) {
      progress(fate.cut)
      await new Promise<void>((cut) => signal.addEventListener('abort', () => cut()))
      throw unreachable()
    } else this.kept.set(photo_id, new Uint8Array(bytes))
    progress(bytes.byteLength)
    return 'sent'
  }

  #say(): void {
    for (const photo of this.kept.keys()) {
      const document = this.server.state.rows.get(`photo/${photo}`)?.document as Documents['photo'] | undefined
      if (document && !document.stored) this.server.change(['photo', photo, { ...document, stored: true }])
    }
  }
}
