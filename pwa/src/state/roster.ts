import type { Id } from '../domain/documents'
import type { Storage, Vault } from '../vault'
import type { Person } from './contract'

const STORE = 'meidang'
const KEY = 'roster'

/** Who has signed in on this phone, and who is signed in now. */
export interface Roster {
  people: Person[]
  current: Id | null
}

/** The name of the person's own store. */
export const storeOf = (staffId: Id): string => `${STORE}:${staffId}`

/** Keeps the roster in a store of its own. */
export class RosterBook {
  #storage: Promise<Storage> | null = null

  constructor(private readonly vault: Vault) {}

  async read(): Promise<Roster> {
    const storage = await this.#open()
    const { meta } = await storage.read({ meta: [KEY] })
    return (meta.get(KEY) as Roster | undefined) ?? { people: [], current: null }
  }

  async signIn(person: Person): Promise<void> {
    const { people } = await this.read()
    await this.#write({ people: [...people.filter(({ id }) => id !== person.id), person], current: person.id })
  }

  async signOut(): Promise<void> {
    await this.#write({ ...(await this.read()), current: null })
  }

  async forget(id: Id): Promise<void> {
    const { people, current } = await this.read()
    await this.#write({ people: people.filter((person) => person.id !== id), current: current === id ? null : current })
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
