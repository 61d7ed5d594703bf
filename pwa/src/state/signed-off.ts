import { CallError, Server } from '../net'
import { canaryOf } from './account'
import type { Person } from './contract'
import type { Environment } from './environment'

/**
 * Whether a locked store is to be erased: the clinic wants it `wipe`d, or has signed the phone off and nothing of it is
 * unsent. What waits inside under `collect` can only be handed in by whoever unlocks it.
 */
export async function isToBeErased({ transport, clock, notepad }: Environment, person: Person): Promise<boolean> {
  try {
    await new Server(transport, clock).call('GET', '/api/auth/me', { device: person.device_id })
    return false
  } catch (error) {
    if (!(error instanceof CallError)) throw error
    const { failure } = error
    if (failure.kind === 'unreachable' || failure.code !== 'device_revoked') return false
    return failure.fields.mode === 'wipe' || notepad.get(canaryOf(person.id)) === null
  }
}
