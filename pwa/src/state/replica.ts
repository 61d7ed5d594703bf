import type { Id, Instant, TableName } from '../domain/documents'
import { newId } from '../domain/ids'
import type { MutationName, Mutations } from '../domain/mutations'
import { Refusal } from '../domain/refusal'
import type { Actor } from '../domain/transaction'
import { MAX_BODY_BYTES } from '../net'
import { type Entry, type Operation, type Storage, StorageError, type StoreName } from '../vault'
import { Base, type Patch } from './base'
import type { MutateAnswer } from './contract'
import * as queue from './queue'
import { View } from './view'

/** What this phone knows about the server, beside the documents. */
export interface Facts {
  /** As the server knows this phone for this person; null until the first sign-in here. */
  device: Id | null
  /** The server holds the numbers of this device to be used otherwise: it must be registered anew, with the password. */
  register: boolean
  cursor: string | null
  version: number
  applied_through: number
  backed_up_through: number
  /** The highest number given to a mutation. */
  last_seq: number
  first_sync_complete: boolean
  last_contact: Instant | null
  /** Server's clock minus this phone's. */
  offset_ms: number
  /** Counts changes of base, for tabs that were asleep. */
  revision: number
  verified_at: Instant | null
  /** Full pulls because of a difference, since the last equal comparison. */
  heals: number
}

const blank: Facts = {
  device: null,
  register: false,
  cursor: null,
  version: 0,
  applied_through: 0,
  backed_up_through: 0,
  last_seq: 0,
  first_sync_complete: false,
  last_contact: null,
  offset_ms: 0,
  revision: 0,
  verified_at: null,
  heals: 0,
}

/** What has changed, for the readers in this tab and for the other tabs. */
export interface Change {
  /** Tables whose visible documents may have changed. */
  tables: ReadonlySet<TableName>
  /** Records of base that were rewritten; null: none. */
  buckets: string[] | 'all' | null
  /** Written by this tab: the others do not know it yet. */
  own: boolean
}

const nothing: Change = { tables: new Set(), buckets: null, own: true }

const FACTS = 'facts'
/** A mutation larger than this could never be sent. */
const MAX_MUTATION_BYTES = MAX_BODY_BYTES / 2

/**
 * One person's documents, outbox and journal on this phone, as one tab sees them: the store and, equal to it, memory.
 * Every change is durable before it is visible, and one is finished before the next begins.
 */
export class Replica {
  readonly base = new Base()
  readonly view: View
  facts: Facts = blank
  outbox = new Map<number, Entry>()
  journal = new Map<number, Entry>()
  /** Unsent items which were remembered outside the store and which the store has lost. */
  missing = 0
  /** When each picture was kept whose bytes the clinic has not got yet. */
  undelivered: () => readonly Instant[] = () => []
  #turn: Promise<unknown> = Promise.resolve()
  /** Set while this tab leads: only then may it write what belongs to the syncing context. */
  fence: number | undefined

  constructor(
    private readonly storage: Storage,
    actor: Actor,
    private readonly clock: () => number,
    /** Only one context numbers or takes back at a time. */
    private readonly exclusive: <T>(body: () => Promise<T>) => Promise<T>,
    private readonly changed: (change: Change) => void,
  ) {
    this.view = new View(this.base, actor)
  }

  /** Reads everything; the number of unsent entries found tells whether the store has lost some. */
  open(): Promise<void> {
    return this.#inTurn(() => this.#readAll())
  }

  close(): void {
    this.storage.close()
  }

  /** This phone's clock (ms) corrected by the server's. */
  now(): number {
    return this.clock() + this.facts.offset_ms
  }

  /** Saves a mutation, and with it what is to be kept beside it, and shows its effect; resolves when it is durable. */
  enqueue<N extends MutationName>(
    name: N,
    args: Mutations[N],
    hold_ms = 0,
    beside: readonly Operation[] = [],
  ): Promise<MutateAnswer> {
    return this.#inTurn(async () => {
      const clock = this.clock()
      const entry: Entry = {
        id: newId(),
        name,
        // As it will travel; screens hand over reactive objects, which cannot be cloned otherwise.
        args: JSON.parse(JSON.stringify(args)),
        at: new Date(clock).toISOString(),
        seq: null,
        first: null,
        state: 'waiting',
        error: null,
        held_until: hold_ms > 0 ? clock + hold_ms : null,
        settled_at: null,
        dealt: false,
      }
      const refusal = this.#refusalOf(entry)
      if (refusal) return { kind: 'refused', refusal }
      try {
        const [n] = await this.storage.write([{ do: 'append', store: 'outbox', value: entry }, ...beside])
        this.outbox.set(Number(n), entry)
        this.changed({ tables: this.#perform(Number(n), entry), buckets: null, own: true })
        return { kind: 'saved', id: entry.id }
      } catch (error) {
        if (!(error instanceof StorageError)) throw error
        return { kind: 'not_saved', reason: error.kind === 'full' ? 'full' : 'storage' }
      }
    })
  }

  /** Takes back a mutation that has not been numbered yet. */
  takeBack(id: Id): Promise<boolean> {
    return this.#onQueue(async () => {
      const [n] = [...this.outbox].find(([, entry]) => entry.id === id && entry.seq === null) ?? []
      if (n === undefined) return false
      await this.#write([{ do: 'delete', store: 'outbox', key: n }])
      return true
    })
  }

  /** Marks a rejection as dealt with; false when it is not one of this phone's. */
  deal(id: Id): Promise<boolean> {
    return this.#onQueue(async () => {
      for (const store of ['journal', 'outbox'] as const) {
        for (const [key, entry] of this[store]) {
          if (entry.id !== id) continue
          await this.#write([{ do: 'put', store, key, value: { ...entry, dealt: true } }])
          return true
        }
      }
      return false
    })
  }

  /** Ends the time in which something could still be taken back. */
  release(): Promise<void> {
    return this.#onQueue(async () => {
      const operations = queue.releasing(this.outbox)
      if (operations.length > 0) await this.#write(operations)
    })
  }

  /** Gives numbers to all that may be sent now, durably, before any of it is sent. */
  number(): Promise<void> {
    return this.#onQueue(async () => {
      const { operations, lastSeq } = queue.numbering(this.outbox, this.facts.last_seq, this.clock())
      if (operations.length > 0) await this.#lead(operations, { last_seq: lastSeq })
    })
  }

  settle(results: Parameters<typeof queue.settling>[1], applied_through: number): Promise<void> {
    return this.#onQueue(async () => {
      const operations = queue.settling(this.outbox, results, this.#instant())
      await this.#lead(operations, { applied_through })
    })
  }

  /**
   * The server has applied this device's mutations only that far: what it lacks goes out again. False when that needs
   * more than is here: the device is to be registered anew.
   */
  refill(applied_through: number): Promise<boolean> {
    return this.#onQueue(async () => {
      const operations = queue.refilling(this.outbox, this.journal, applied_through, this.facts.last_seq)
      await this.#lead(operations ?? [], operations ? { applied_through } : { register: true })
      return operations !== null
    })
  }

  registerAnew(): Promise<void> {
    return this.#inTurn(() => this.#lead([], { register: true }))
  }

  /** After a sign-in: this device continues, or begins with everything it has to say renumbered. */
  adopt(device: Id, applied_through: number): Promise<void> {
    return this.#onQueue(async () => {
      const operations = queue.renumbering(this.outbox, this.journal)
      await this.#lead(operations, { device, register: false, applied_through, last_seq: applied_through })
    })
  }

  /** Applies a patch, the cursor it leads to and the trimming of the outbox, all at once or not at all. */
  apply(patch: Patch, facts: Partial<Facts> & Pick<Facts, 'applied_through' | 'backed_up_through'>): Promise<void> {
    return this.#onQueue(async () => {
      const documents = this.base.operations(patch)
      const trimming = queue.trimming(
        this.outbox,
        this.journal,
        facts.applied_through,
        facts.backed_up_through,
        this.clock(),
      )
      const revision = this.facts.revision + (documents.length > 0 ? 1 : 0)
      const buckets = patch.reset
        ? ('all' as const)
        : documents.flatMap((each) => ('key' in each ? [String(each.key)] : []))
      await this.#lead([...documents, ...trimming], { ...facts, first_sync_complete: true, revision }, () => ({
        tables: this.base.apply(patch),
        buckets: documents.length > 0 ? buckets : null,
        own: true,
      }))
    })
  }

  note(facts: Partial<Facts>): Promise<void> {
    return this.#inTurn(() => this.#lead([], facts))
  }

  /** Reads again what another tab has written; everything, if this one has slept through a change. */
  reload(buckets: Change['buckets']): Promise<void> {
    return this.#inTurn(async () => {
      const known = this.facts.revision
      const asked = buckets === 'all' ? [] : (buckets ?? [])
      const found = await this.storage.read({ meta: [FACTS], documents: asked, outbox: 'all', journal: 'all' })
      const facts = { ...blank, ...(found.meta.get(FACTS) as Partial<Facts> | undefined) }
      const told = asked.length > 0 && facts.revision === known + 1
      // A tab that has died may have written without a word.
      if (facts.revision !== known && !told) return this.#readAll()
      this.facts = facts
      this.outbox = found.outbox
      this.journal = found.journal
      const tables = facts.revision === known ? new Set<TableName>() : this.base.load(found.documents, asked)
      this.#show({ tables, buckets: null, own: false })
    })
  }

  async #readAll(): Promise<void> {
    const found = await this.storage.read({ meta: [FACTS], documents: 'all', outbox: 'all', journal: 'all' })
    this.facts = { ...blank, ...(found.meta.get(FACTS) as Partial<Facts> | undefined) }
    this.outbox = found.outbox
    this.journal = found.journal
    this.#show({ tables: this.base.load(found.documents, 'all'), buckets: null, own: false })
  }

  async #readQueue(): Promise<void> {
    const found = await this.storage.read({ outbox: 'all', journal: 'all' })
    this.outbox = found.outbox
    this.journal = found.journal
  }

  /** A write of the syncing context, together with what it has learned. */
  async #lead(operations: Operation[], facts: Partial<Facts>, then?: () => Change): Promise<void> {
    const value: Facts = { ...this.facts, ...facts }
    await this.#write([...operations, { do: 'put', store: 'meta', key: FACTS, value }], this.fence, then)
  }

  async #write(operations: Operation[], fence?: number, then?: () => Change): Promise<void> {
    await this.storage.write(operations, fence)
    for (const operation of operations) {
      if (operation.store === 'meta' && operation.do === 'put') this.facts = operation.value as Facts
      else if (isOf(operation, 'outbox') || isOf(operation, 'journal')) this.#mirror(operation)
    }
    if (then) this.#show(then())
    else if (operations.some(({ store }) => store !== 'meta')) this.#show(nothing)
    else this.changed(nothing)
  }

  #mirror(operation: Operation): void {
    const entries = operation.store === 'outbox' ? this.outbox : this.journal
    if (operation.do === 'put') entries.set(operation.key as number, operation.value as Entry)
    else if (operation.do === 'delete') entries.delete(operation.key as number)
  }

  #show(change: Change): void {
    const ordered = [...this.outbox].sort(([one], [other]) => one - other)
    const overlaid = this.view.rebuild(ordered, (entry) => this.#corrected(entry))
    this.changed({ ...change, tables: new Set([...change.tables, ...overlaid]) })
  }

  /** Why the rules of this phone refuse it. What is merely not here may be on the server: that is not refused. */
  #refusalOf(entry: Entry): Refusal | null {
    if (queue.sizeOf(entry) > MAX_MUTATION_BYTES) return new Refusal('validation', 'The entry is too large.')
    try {
      this.view.check(entry, this.#corrected(entry))
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      if (error.code !== 'not_found') return error
    }
    return null
  }

  #perform(n: number, entry: Entry): ReadonlySet<TableName> {
    try {
      return this.view.perform(n, entry, this.#corrected(entry))
    } catch {
      return new Set()
    }
  }

  #corrected(entry: Entry): Instant {
    return new Date(Date.parse(entry.at) + this.facts.offset_ms).toISOString()
  }

  #instant(): Instant {
    return new Date(this.clock()).toISOString()
  }

  /** A turn in which no other tab changes what is in the queue, only adds to it. */
  #onQueue<T>(body: () => Promise<T>): Promise<T> {
    return this.#inTurn(() =>
      this.exclusive(async () => {
        await this.#readQueue()
        return body()
      }),
    )
  }

  #inTurn<T>(body: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(body, body)
    this.#turn = turn.catch(() => {})
    return turn
  }
}

function isOf<S extends StoreName>(operation: Operation, store: S): operation is Extract<Operation, { store: S }> {
  return operation.store === store
}
