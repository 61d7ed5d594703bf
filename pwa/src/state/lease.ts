import type { Id } from '../domain/documents'
import type { Environment, Notepad } from './environment'

/** Without hearing from the clinic for so long, only the password opens the app: whoever left has lost it by then. */
const PASSWORD_MS = 72 * 60 * 60_000
/** And after so long it only sends what is here. */
const LAPSED_MS = 14 * 24 * 60 * 60_000

const keyOf = (person: Id) => `meidang.contact.${person}`

/** The clinic has answered this person's phone: the lease begins anew. */
export function renew({ notepad, clock }: Pick<Environment, 'notepad' | 'clock'>, person: Id): void {
  notepad.set(keyOf(person), new Date(clock()).toISOString())
}

/** Kept outside the sealed store, because it decides how that may be opened. */
export function leaseOf(
  { notepad, clock }: { notepad: Notepad; clock: () => number },
  person: Id,
): 'good' | 'password' | 'lapsed' {
  const contact = notepad.get(keyOf(person))
  // A time that somebody has removed is no reason to trust.
  if (!contact) return 'password'
  const since = clock() - Date.parse(contact)
  if (since > LAPSED_MS) return 'lapsed'
  return since > PASSWORD_MS ? 'password' : 'good'
}
