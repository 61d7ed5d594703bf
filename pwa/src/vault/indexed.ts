import { deleteDB, type IDBPDatabase, type IDBPObjectStore, openDB } from 'idb'
import { migrations as shipped } from './migrations'
import { sealed, sealWhatIsPlain } from './sealed'
import {
  FENCE,
  type Found,
  type Operation,
  type Storage,
  StorageError,
  type StoreName,
  storeNames,
  type Vault,
  type Wanted,
} from './storage'

/** The vault on IndexedDB. */
export class IndexedVault implements Vault {
  constructor(private readonly migrations = shipped) {}

  async open(name: string, key?: CryptoKey): Promise<Storage> {
    const storage = new IndexedStorage(name, this.migrations)
    await storage.open()
    return key ? sealed(storage, key) : storage
  }

  async seal(name: string, key: CryptoKey): Promise<void> {
    const storage = await this.open(name)
    await sealWhatIsPlain(storage, key)
    storage.close()
  }

  async erase(name: string): Promise<void> {
    await deleteDB(name)
  }
}

class IndexedStorage implements Storage {
  #database: Promise<IDBPDatabase> | null = null

  constructor(
    private readonly name: string,
    private readonly migrations: typeof shipped,
  ) {}

  async open(): Promise<void> {
    await this.#attempt(async () => {})
  }

  read<W extends Wanted>(wanted: W): Promise<Found<W>> {
    const names = storeNames.filter((name) => wanted[name])
    return this.#attempt(async (database) => {
      const transaction = database.transaction(names)
      const found: Partial<Record<StoreName, Map<unknown, unknown>>> = {}
      const readings = names.map(async (name) => {
        const store = transaction.objectStore(name)
        const keys = wanted[name]
        if (keys === 'all') {
          const [all, values] = await Promise.all([store.getAllKeys(), store.getAll()])
          found[name] = new Map(all.map((key, index) => [key, values[index]]))
          return
        }
        const values = await Promise.all((keys ?? []).map((key) => store.get(key)))
        found[name] = new Map(
          (keys ?? []).map((key, index) => [key, values[index]] as const).filter(([, value]) => value !== undefined),
        )
      })
      await Promise.all([...readings, transaction.done])
      return found as Found<W>
    })
  }

  write(operations: readonly Operation[], fence?: number): Promise<number[]> {
    return this.#attempt(async (database) => {
      const names = new Set<StoreName>(operations.map((operation) => operation.store))
      if (fence !== undefined) names.add('meta')
      // Strict: "complete" comes after the operating system was told to put it on the disk.
      const transaction = database.transaction([...names], 'readwrite', { durability: 'strict' })
      const finished = transaction.done
      finished.catch(() => {})
      try {
        if (fence !== undefined && (await transaction.objectStore('meta').get(FENCE)) !== fence)
          throw new StorageError('fenced')
        const appended: Promise<unknown>[] = []
        for (const operation of operations) {
          const request = asked(transaction.objectStore(operation.store), operation)
          // When the transaction is aborted every request fails with it; the first failure is told below.
          request.catch(() => {})
          appended.push(request)
        }
        const keys = await Promise.all(appended)
        await finished
        return keys.filter((_, index) => operations[index]?.do === 'append') as number[]
      } catch (error) {
        abort(transaction)
        // Of a failed request and its aborted transaction, the transaction knows the reason.
        throw transaction.error ?? error
      }
    })
  }

  takeFence(): Promise<number> {
    return this.#attempt(async (database) => {
      const transaction = database.transaction('meta', 'readwrite', { durability: 'strict' })
      const fence = (((await transaction.store.get(FENCE)) as number | undefined) ?? 0) + 1
      await Promise.all([transaction.store.put(fence, FENCE), transaction.done])
      return fence
    })
  }

  close(): void {
    this.#database?.then((database) => database.close()).catch(() => {})
    this.#database = null
  }

  /** Runs it; when the connection turns out to be lost (iOS ends its storage process), once more on a new one. */
  async #attempt<T>(body: (database: IDBPDatabase) => Promise<T>): Promise<T> {
    for (let again = false; ; again = true) {
      try {
        return await body(await this.#connection())
      } catch (error) {
        if (error instanceof StorageError) throw error
        if (isFull(error)) throw new StorageError('full', error)
        this.close()
        if (again) throw new StorageError('lost', error)
      }
    }
  }

  #connection(): Promise<IDBPDatabase> {
    const forget = () => {
      this.#database = null
    }
    this.#database ??= openDB(this.name, this.migrations.length, {
      upgrade: (database, from, _to, transaction) => {
        for (const migrate of this.migrations.slice(from)) migrate(database, transaction as never)
      },
      // A newer version of the app in another tab must not wait for this one.
      blocking: () => this.close(),
      terminated: forget,
    })
    this.#database.catch(forget)
    return this.#database
  }
}

type Store = IDBPObjectStore<unknown, StoreName[], StoreName, 'readwrite'>

function asked(store: Store, operation: Operation): Promise<unknown> {
  switch (operation.do) {
    case 'clear':
      return store.clear()
    case 'delete':
      return store.delete(operation.key)
    case 'put':
      return store.put(operation.value, operation.key)
    case 'append':
      return store.put(operation.value)
  }
}

function abort(transaction: { abort(): void }): void {
  try {
    transaction.abort()
  } catch {
    // It has ended already.
  }
}

function isFull(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'QuotaExceededError'
}
