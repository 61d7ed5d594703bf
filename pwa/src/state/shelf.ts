import { type Operation, type Storage, StorageError } from '../vault'

/** Smaller pictures take no more room than this on a phone. */
export const SHELF_BYTES = 200 * 1024 * 1024
/** Using a picture is not worth a write more often than this. */
const TOUCH_MS = 24 * 60 * 60 * 1000

/** Smaller pictures that can be had again: kept while there is room, the longest unused go first. */
export class Shelf {
  constructor(
    private readonly storage: Storage,
    private readonly exclusive: <T>(body: () => Promise<T>) => Promise<T>,
    private readonly clock: () => number,
    private readonly budget = SHELF_BYTES,
  ) {}

  async has(key: string): Promise<boolean> {
    return (await this.storage.read({ shelf: [key] })).shelf.has(key)
  }

  async get(key: string): Promise<ArrayBuffer | undefined> {
    const { renditions, shelf } = await this.storage.read({ renditions: [key], shelf: [key] })
    const [bytes, known] = [renditions.get(key), shelf.get(key)]
    if (bytes && known && this.clock() - known.used_at > TOUCH_MS) {
      await this.#attempt([{ do: 'put', store: 'shelf', key, value: { ...known, used_at: this.clock() } }])
    }
    return bytes
  }

  /** Keeps it, unless the phone is full: then it is asked for again next time. */
  put(key: string, bytes: ArrayBuffer): Promise<void> {
    return this.exclusive(async () => {
      const { shelf } = await this.storage.read({ shelf: 'all' })
      shelf.delete(key)
      let room = this.budget - bytes.byteLength
      if (room < 0) return
      const operations: Operation[] = []
      for (const [other, { size_bytes }] of [...shelf].sort(([, one], [, two]) => two.used_at - one.used_at)) {
        room -= size_bytes
        if (room < 0) operations.push(...removing(other))
      }
      operations.push(
        { do: 'put', store: 'renditions', key, value: bytes },
        { do: 'put', store: 'shelf', key, value: { size_bytes: bytes.byteLength, used_at: this.clock() } },
      )
      await this.#attempt(operations)
    })
  }

  /** Makes room for what cannot be had again. */
  async clear(): Promise<void> {
    await this.exclusive(() =>
      this.storage.write([
        { do: 'clear', store: 'renditions' },
        { do: 'clear', store: 'shelf' },
      ]),
    )
  }

  async #attempt(operations: Operation[]): Promise<void> {
    try {
      await this.storage.write(operations)
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
    }
  }
}

const removing = (key: string): Operation[] => [
  { do: 'delete', store: 'renditions', key },
  { do: 'delete', store: 'shelf', key },
]
