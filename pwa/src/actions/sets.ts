// What a person does with a photo set: consent, start, finish.
import type { Id, Instant } from '@/domain/documents'
import type { Mutations } from '@/domain/mutations'
import { type SignedPurpose, versionSigned } from '@/domain/wordings'
import { type MutateAnswer, mutate, newId, now } from '@/state'

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
