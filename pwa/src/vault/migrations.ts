import type { IDBPDatabase, IDBPTransaction } from 'idb'

type Migration = (database: IDBPDatabase, transaction: IDBPTransaction<unknown, string[], 'versionchange'>) => void

/**
 * What makes version n + 1 of the local database out of version n. Append only: a phone may come back after a year,
 * with unsent work in any version ever shipped, and the outbox must be carried over by each of them.
 */
export const migrations: readonly Migration[] = [
  (database) => {
    database.createObjectStore('meta')
    database.createObjectStore('documents')
    // The key generator survives deletions, so the order of entries is that of their numbers for ever.
    database.createObjectStore('outbox', { autoIncrement: true })
    database.createObjectStore('journal')
  },
  (database) => {
    for (const name of ['originals', 'deliveries', 'renditions', 'shelf']) database.createObjectStore(name)
  },
]
