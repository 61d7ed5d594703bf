// What a person does with pictures that have been taken, and with the consents they rest on.
import type { Id } from '@/domain/documents'
import { type MutateAnswer, mutate, newId, type OnlineAnswer, online, type SheetOrder } from '@/state'

export const voidPicture = (id: Id, reason: string): Promise<MutateAnswer> => mutate('photo.void', { id, reason })

export const revokeConsent = (consentId: Id, reason: string): Promise<MutateAnswer> =>
  mutate('consent.revoke', { id: newId(), consent_id: consentId, reason })

/** Pictures leave the app: online only, and noted there with the purpose. */
export const makeSheet = (order: SheetOrder): Promise<OnlineAnswer<Blob>> => online.makeSheet(order)
