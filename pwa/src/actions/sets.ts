// What a person does with a photo set: consent, start, finish.
import { settings } from '@/device/storage'
import type { Id, Instant, PhotoSet, ViewCode } from '@/domain/documents'
import type { Mutations } from '@/domain/mutations'
import { type SignedPurpose, versionSigned } from '@/domain/wordings'
import { type MutateAnswer, mutate, newId, now, pictures, type SavedPicture } from '@/state'

const instant = (): Instant => new Date(now()).toISOString()

/** `signature`: SVG path data. `guardian`: who signed for a minor. `language`: the one the text was read in. */
export const signConsent = (
  customerId: Id,
  purpose: SignedPurpose,
  language: 'zh' | 'en',
  signature: string,
  guardian: string | null,
): Promise<MutateAnswer> =>
  mutate('consent.sign', {
    id: newId(),
    customer_id: customerId,
    purpose,
    wording_version: versionSigned(purpose, language),
    signature,
    signed_at: instant(),
    guardian,
  })

export async function startSet(form: Omit<Mutations['photo_set.start'], 'id'>): Promise<MutateAnswer & { set: Id }> {
  const id = newId()
  return { ...(await mutate('photo_set.start', { id, ...form })), set: id }
}

export const finishSet = (form: Mutations['photo_set.finish']): Promise<MutateAnswer> =>
  mutate('photo_set.finish', form)

export const skipView = (set: Id, view: ViewCode, reason: string): Promise<MutateAnswer> =>
  mutate('photo_set.skip', { id: set, view, reason })

/** A picture before it is kept. */
export interface Taken {
  /** As the camera or the file gave it. */
  bytes: ArrayBuffer
  /** How it was taken: method, lens, zoom, tilt. */
  capture: Record<string, unknown>
  checks: Record<string, unknown>
  override_reason: string | null
}

/** Resolves when the picture is durable on this phone. `takenAt` (ms): where it was not taken just now. */
export const keepPicture = (
  set: PhotoSet,
  view: ViewCode,
  taken: Taken,
  supersedes: Id | null,
  takenAt = now(),
): Promise<SavedPicture> =>
  pictures.save(taken.bytes, {
    id: newId(),
    set_id: set.id,
    view,
    taken_at: new Date(takenAt).toISOString(),
    capture: taken.capture,
    checks: taken.checks,
    override_reason: taken.override_reason,
    supersedes,
  })

const PLACE_KEY = 'capture'

/** Where the capture stands, so that it goes on at the same view after a call, a lock or a reload. Ids and codes only. */
export function rememberPlace(set: Id, view: ViewCode): void {
  settings.write(PLACE_KEY, JSON.stringify({ set, view }))
}

export function placeIn(set: Id): ViewCode | null {
  try {
    const place = JSON.parse(settings.read(PLACE_KEY) ?? 'null') as { set: Id; view: ViewCode } | null
    return place?.set === set ? place.view : null
  } catch {
    return null
  }
}
