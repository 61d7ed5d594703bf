import type { Id } from '../domain/documents'
import type { Original } from '../domain/pictures/prepare'
import type { Delivery, Entry, Operation, Storage } from '../vault'
import { refused } from './queue'
import type { Replica } from './replica'

/** The originals on this phone, as one tab sees them: what is known of each, and their bytes when asked for. */
export class Album {
  deliveries = new Map<Id, Delivery>()
  /** Bytes of each that the server has said it has, as far as this run of the app has heard. */
  progress = new Map<Id, number>()
  #turn: Promise<unknown> = Promise.resolve()

  constructor(
    private readonly storage: Storage,
    /** Only one context changes a delivery at a time. */
    private readonly exclusive: <T>(body: () => Promise<T>) => Promise<T>,
    /** Own: written by this tab, so the others do not know it yet. */
    private readonly changed: (own: boolean) => void,
  ) {}

  /** Reads what is known of all of them; also again, when another tab has changed it. */
  load(): Promise<void> {
    return this.#inTurn(async () => {
      this.deliveries = (await this.storage.read({ deliveries: 'all' })).deliveries
      this.changed(false)
    })
  }

  /** Its bytes; undefined when it is not here. */
  async bytes(id: Id): Promise<ArrayBuffer | undefined> {
    return (await this.storage.read({ originals: [id] })).originals.get(id)
  }

  /** The clinic has not said that it has all of it. */
  get undelivered(): Delivery[] {
    return [...this.deliveries.values()].filter(({ arrived }) => !arrived)
  }

  /** A picture that was written by `keeping` is now durable. */
  add(delivery: Delivery): Promise<void> {
    return this.#inTurn(async () => {
      this.deliveries.set(delivery.photo_id, delivery)
      this.changed(true)
    })
  }

  /** The server has so many bytes of it. */
  sent(id: Id, bytes: number): void {
    if (this.progress.get(id) === bytes) return
    this.progress.set(id, bytes)
    this.changed(false)
  }

  /** Notes something about a delivery, unless it has gone meanwhile. */
  note(id: Id, changes: Partial<Delivery>): Promise<void> {
    return this.#inTurnOfAll(async () => {
      const known = (await this.storage.read({ deliveries: [id] })).deliveries.get(id)
      if (!known) return
      const value = { ...known, ...changes }
      await this.storage.write([{ do: 'put', store: 'deliveries', key: id, value }])
      this.deliveries.set(id, value)
      this.changed(true)
    })
  }

  /** Erases originals from this phone. */
  forget(ids: readonly Id[]): Promise<void> {
    return this.#inTurnOfAll(async () => {
      if (ids.length === 0) return
      await this.storage.write(ids.flatMap(forgetting))
      for (const id of ids) {
        this.deliveries.delete(id)
        this.progress.delete(id)
      }
      this.changed(true)
    })
  }

  /** In this tab and in the others. */
  #inTurnOfAll(body: () => Promise<void>): Promise<void> {
    return this.#inTurn(() => this.exclusive(body))
  }

  /** What was read is in memory before anything else changes it. */
  #inTurn(body: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(body, body)
    this.#turn = turn.catch(() => {})
    return turn
  }
}

/** The writes that keep an original on this phone. */
export function keeping(delivery: Delivery, bytes: ArrayBuffer): Operation[] {
  return [
    { do: 'put', store: 'originals', key: delivery.photo_id, value: bytes },
    { do: 'put', store: 'deliveries', key: delivery.photo_id, value: delivery },
  ]
}

/** By the photo's id, entries that were refused and that nobody has dealt with: their bytes wait for a person. */
export function rejectedPhotos({ outbox, journal }: Pick<Replica, 'outbox' | 'journal'>): Map<unknown, Entry> {
  const entries = refused(outbox, journal).filter(({ name }) => name === 'photo.add')
  return new Map(entries.map((entry) => [entry.args.id, entry]))
}

const forgetting = (key: Id): Operation[] => [
  { do: 'delete', store: 'originals', key },
  { do: 'delete', store: 'deliveries', key },
]

export function deliveryOf(
  { id, set_id }: { id: Id; set_id: Id },
  { type, sha256, bytes }: Original,
  kept_at: string,
): Delivery {
  const size_bytes = bytes.byteLength
  return { photo_id: id, set_id, type, sha256, size_bytes, kept_at, url: null, arrived: false, refused: null }
}
