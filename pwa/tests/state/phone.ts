/** A phone in tests: one person, one store, any number of tabs, and everything that can go wrong around them. */
import type { Id } from '../../src/domain/documents'
import type { MutationName, Mutations } from '../../src/domain/mutations'
import { type Answer, type CallError, Server, type Transport, unreachable } from '../../src/net'
import { synchronise } from '../../src/state/cycle'
import { type Change, Replica } from '../../src/state/replica'
import { MemoryVault, type Operation, type Storage } from '../../src/vault'
import type { FakePerson, FakeServer } from './fake-server'

export const faults = ['none', 'lose request', 'lose answer', 'send twice', 'die before', 'die after'] as const
export type Fault = (typeof faults)[number]

/** The browser was killed: nothing of its memory is left. */
export class Killed extends Error {}

export class Phone {
  tabs: Replica[] = []
  /** Ids of mutations that were said to be saved, in order. */
  saved: Id[] = []
  takenBack: Id[] = []
  #vault = new MemoryVault()
  #store = 'phone'
  #copies = 0
  #reloads: Promise<void>[] = []
  #turn: Promise<unknown> = Promise.resolve()
  fault: () => Fault = () => 'none'

  constructor(
    readonly person: FakePerson,
    private readonly server: FakeServer,
    private readonly clock: () => number,
    private readonly tabCount: number,
  ) {}

  /** Opens the tabs that are not there; after a kill, all of them. */
  async open(): Promise<void> {
    while (this.tabs.length < this.tabCount) {
      const replica = await this.#replica()
      await replica.open()
      this.tabs.push(replica)
    }
  }

  kill(): void {
    this.tabs = []
    this.#reloads = []
    this.#turn = Promise.resolve()
  }

  tab(index: number): Replica {
    return this.tabs[index % this.tabs.length] as Replica
  }

  async mutate<N extends MutationName>(index: number, name: N, args: Mutations[N], hold_ms = 0): Promise<Id | null> {
    const answer = await this.tab(index).enqueue(name, args, hold_ms)
    await this.settled()
    if (answer.kind !== 'saved') return null
    this.saved.push(answer.id)
    return answer.id
  }

  /** One round with the server through this tab, which leads from then on. */
  async sync(index: number): Promise<void> {
    const replica = this.tab(index)
    for (const tab of this.tabs) tab.fence = undefined
    replica.fence = await (await this.#open()).takeFence()
    await replica.reload(null)
    if (!replica.facts.device || replica.facts.register) await this.signIn(replica)
    await synchronise(replica, new Server(this.#transport, this.clock)).catch(async (error: CallError) => {
      if (error.failure?.kind === 'refused' && error.failure.status === 401) await this.signIn(replica)
      else throw error
    })
    await this.settled()
  }

  /** As the session does it: the device continues, or registers anew where it cannot. */
  async signIn(replica: Replica): Promise<void> {
    const { device, register, applied_through } = replica.facts
    const login = async (id: Id | null) => {
      const form = { clinic: 'demo', login: this.person.login, password: 'right' }
      return new Server(this.server.transport, this.clock).login({
        ...form,
        device: { name: 'phone', platform: 'test', ...(id && { id }) },
      })
    }
    const answer = await login(register ? null : device)
    const continues = answer.device.id === device && !register
    if (continues && (answer.applied_through >= applied_through || (await replica.refill(answer.applied_through))))
      return
    const fresh = answer.device.id === device ? await login(null) : answer
    await replica.adopt(fresh.device.id, fresh.applied_through)
  }

  /** Until every tab has heard of every change. */
  async settled(): Promise<void> {
    while (this.#reloads.length > 0) await Promise.all(this.#reloads.splice(0))
  }

  /** The phone's own backup: a store that can be put back later. */
  async backup(): Promise<string> {
    this.#copies += 1
    const name = `copy-${this.#copies}`
    await copy(await this.#open(), await this.#vault.open(name))
    return name
  }

  async restore(name: string): Promise<void> {
    this.kill()
    this.#copies += 1
    this.#store = `phone-${this.#copies}`
    const store = await this.#open()
    await copy(await this.#vault.open(name), store)
    const { outbox, journal } = await store.read({ outbox: 'all', journal: 'all' })
    const here = new Set([...outbox.values(), ...journal.values()].map(({ id }) => id))
    this.saved = this.saved.filter((id) => here.has(id))
  }

  #open(): Promise<Storage> {
    return this.#vault.open(this.#store)
  }

  async #replica(): Promise<Replica> {
    const exclusive = <T>(body: () => Promise<T>): Promise<T> => {
      const turn = this.#turn.then(body, body)
      this.#turn = turn.catch(() => {})
      return turn
    }
    const actor = { id: this.person.id, roles: this.person.roles }
    const replica: Replica = new Replica(this.#faulty(await this.#open()), actor, this.clock, exclusive, (change) => {
      this.#tell(replica, change)
    })
    return replica
  }

  #tell(from: Replica, { own, buckets }: Change): void {
    if (!own) return
    for (const tab of this.tabs) if (tab !== from) this.#reloads.push(tab.reload(buckets))
  }

  #faulty(storage: Storage): Storage {
    const write = async (operations: readonly Operation[], fence?: number) => {
      const fault = this.fault()
      if (fault === 'die before') throw new Killed()
      const appended = await storage.write(operations, fence)
      if (fault === 'die after') throw new Killed()
      return appended
    }
    return { read: (wanted) => storage.read(wanted), write, takeFence: () => storage.takeFence(), close: () => {} }
  }

  #transport: Transport = async (request): Promise<Answer> => {
    const fault = this.fault()
    if (fault === 'die before') throw new Killed()
    if (fault === 'lose request') throw unreachable()
    if (fault === 'send twice') await this.server.transport(request)
    const answer = await this.server.transport(request)
    if (fault === 'die after') throw new Killed()
    if (fault === 'lose answer') throw unreachable()
    return answer
  }
}

async function copy(from: Storage, to: Storage): Promise<void> {
  const { meta, documents, outbox, journal } = await from.read({
    meta: ['facts'],
    documents: 'all',
    outbox: 'all',
    journal: 'all',
  })
  // The numbers go on where they were, whatever has been deleted since.
  const last = Math.max(0, ...outbox.keys(), ...journal.keys())
  const put = (store: 'meta' | 'documents' | 'outbox' | 'journal', rows: Map<string | number, unknown>) =>
    [...rows].map(([key, value]) => ({ do: 'put', store, key, value }) as Operation)
  const [any] = [...outbox.values(), ...journal.values()]
  if (any) {
    await to.write([{ do: 'put', store: 'outbox', key: last, value: any }])
    await to.write([{ do: 'delete', store: 'outbox', key: last }])
  }
  await to.write([
    ...put('meta', meta),
    ...put('documents', documents),
    ...put('outbox', outbox),
    ...put('journal', journal),
  ])
}
