import type { Id } from '../domain/documents'
import type { Bucket, Delivery, Entry, Kept } from './rows'

/**
 * What is kept in each store and under which keys.
 * meta: named facts. documents: many documents a record (see rows.ts). outbox, journal: entries by their number,
 * which only ever grows on this phone, also when entries have gone. originals: the bytes of pictures, by the photo's id,
 * as ArrayBuffers (WebKit corrupts Blobs); deliveries: what is known of each, under the same key. renditions: smaller
 * pictures under `id/size`; shelf: what is known of each.
 */
export interface Stores {
  meta: { key: string; value: unknown }
  documents: { key: string; value: Bucket }
  outbox: { key: number; value: Entry }
  journal: { key: number; value: Entry }
  originals: { key: Id; value: ArrayBuffer }
  deliveries: { key: Id; value: Delivery }
  renditions: { key: string; value: ArrayBuffer }
  shelf: { key: string; value: Kept }
}

export type StoreName = keyof Stores
export const storeNames: readonly StoreName[] = [
  'meta',
  'documents',
  'outbox',
  'journal',
  'originals',
  'deliveries',
  'renditions',
  'shelf',
]

/** Key in `meta` of the last fence taken. */
export const FENCE = 'fence'

export type Operation =
  | {
      [S in StoreName]:
        | { do: 'put'; store: S; key: Stores[S]['key']; value: Stores[S]['value'] }
        | { do: 'delete'; store: S; key: Stores[S]['key'] }
        | { do: 'clear'; store: S }
    }[StoreName]
  | { do: 'append'; store: 'outbox'; value: Entry }

export type Wanted = { [S in StoreName]?: 'all' | Stores[S]['key'][] }
/** Absent keys are absent. Stores in the order of their keys. */
export type Found<W extends Wanted> = { [S in keyof W & StoreName]: Map<Stores[S]['key'], Stores[S]['value']> }

/**
 * One person's store on this phone. Small on purpose: a write is a list of operations and a read a list of keys, so
 * that values can be encrypted before and after, outside of any transaction of the database.
 */
export interface Storage {
  /** Everything wanted, as of one moment. */
  read<W extends Wanted>(wanted: W): Promise<Found<W>>
  /**
   * All operations or none; resolves when they are durable, with the numbers given to appended entries in order.
   * With a fence, throws `fenced` unless it is the last one taken. Throws StorageError.
   */
  write(operations: readonly Operation[], fence?: number): Promise<number[]>
  /** A number higher than every one before: whoever took the last one may write what only one context may. */
  takeFence(): Promise<number>
  close(): void
}

/** full: does not fit, nothing was kept. lost: the database does not answer. fenced: another context has taken over. */
export class StorageError extends Error {
  constructor(
    readonly kind: 'full' | 'lost' | 'fenced',
    cause?: unknown,
  ) {
    super(`storage: ${kind}`, { cause })
    this.name = 'StorageError'
  }
}

/** Where stores are found by name: one a person, and one that remembers who has signed in here. */
export interface Vault {
  /** With a key, everything that is put into the store is sealed with it (sealed.ts). */
  open(name: string, key?: CryptoKey): Promise<Storage>
  /** Seals what a version of the app before sealing has left plain in it. */
  seal(name: string, key: CryptoKey): Promise<void>
  erase(name: string): Promise<void>
}
