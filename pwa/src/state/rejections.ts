import type { Id } from '../domain/documents'
import { derivedId } from '../domain/ids'
import type { MutationName } from '../domain/mutations'
import type { Entry } from '../vault'
import type { RejectedEntry } from './contract'
import { refused } from './queue'
import type { Replica } from './replica'

/** The server publishes each refusal under an id derived from the mutation's. */
export const rejectionIdOf = (mutationId: Id): Id => derivedId(mutationId, 'rejection')

/** What was refused and waits for a person: of this phone, and of the person's other devices. */
export function rejectedEntries(replica: Replica): RejectedEntry[] {
  const local = refused(replica.outbox, replica.journal).filter(({ name }) => name !== 'rejection.dismiss')
  const here = new Set([...replica.journal.values(), ...replica.outbox.values()].map(({ id }) => rejectionIdOf(id)))
  const elsewhere = replica.view
    .all('rejection')
    .filter(({ id, name }) => !here.has(id) && name !== 'rejection.dismiss')
  return [
    ...local.map(({ id, name, args, at, error }) => ({
      id,
      name,
      args,
      at,
      code: error?.code ?? 'internal',
      message: error?.message ?? '',
    })),
    ...elsewhere.map(({ id, name, args, at, code, message }) => ({
      id,
      name: name as MutationName,
      args,
      at,
      code,
      message,
    })),
  ]
}

/** Refusals dealt with on this phone that the person's other devices still show. */
export function rejectionsToDismiss(replica: Replica): Id[] {
  const dealt = ({ state, dealt, name }: Entry) => state === 'rejected' && (dealt || name === 'rejection.dismiss')
  return [...replica.journal.values()]
    .filter(dealt)
    .map(({ id }) => rejectionIdOf(id))
    .filter((id) => replica.view.get('rejection', id))
}

/** Ids that a mutation is about: these records are marked while it waits for a person. */
export function concerns({ args }: Pick<Entry, 'args'>): Id[] {
  return ['id', 'followup_id', 'customer_id', 'case_id', 'step_id']
    .map((name) => args[name])
    .filter((id) => typeof id === 'string')
}
