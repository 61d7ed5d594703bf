import type { Id } from '../domain/documents'
import type { Lock, Storage, Vault } from '../vault'
import type { Person } from './contract'

const STORE = 'meidang'
const KEY = 'roster'

/** Who has signed in on this phone, and who is signed in now. */
export interface Roster {
  people: Person[]
  current: Id | null
  /** How each person's store is opened. Nobody's is open without. */
  locks: Record<Id, Lock>
}

const nobody: Roster = { people: [], current: null, locks: {} }

/** The name of the person's own store. */
export const storeOf = (staffId: Id): string => `${STORE}:${staffId}`

/** Keeps the roster in a store of its own. */
export class RosterBook {
  #storage: Promise<Storage> | null = null

  constructor(private readonly vault: Vault) {}

  async read(): Promise<Roster> {
    const storage = await this.#open()
    const { meta } = await storage.read({ meta: [KEY] })
    // Versions before the locks kept none.
    return { ...nobody, ...(meta.get(KEY) as Roster | undefined) }
  }

  async signIn(person: Person, lock: Lock): Promise<void> {
    const { people, locks } = await this.read()
    const others = people.filter(({ id }) => id !== person.id)
    await this.#write({ people: [...others, person], current: person.id, locks: { ...locks, [person.id]: lock } })
  }

  async keepLock(id: Id, lock: Lock): Promise<void> {
    const roster = await this.read()
    await this.#write({ ...roster, locks: { ...roster.locks, [id]: lock } })
  }

  async signOut(): Promise<void> {
    await this.#write({ ...(await this.read()), current: null })
  }

  async forget(id: Id): Promise<void> {
    const { people, current, locks } = await this.read()
    const { [id]: _gone, ...others } = locks
    await this.#write({
      people: people.filter((person) => person.id !== id),
      current: current === id ? null : current,
      locks: others,
    })
  }

  async #write(roster: Roster): Promise<void> {
    const storage = await this.#open()
    await storage.write([{ do: 'put', store: 'meta', key: KEY, value: roster }])
  }

  #open(): Promise<Storage> {
    this.#storage ??= this.vault.open(STORE).catch((error) => {
      this.#storage = null
      throw error
    })
    return this.#storage
  }
}
