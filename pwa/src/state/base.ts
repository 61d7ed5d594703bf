import type { AnyDocument, Documents, Id, TableName } from '../domain/documents'
import { type Bucket, bucketOf, type Operation, tableOf } from '../vault'

export interface Held {
  version: number
  document: AnyDocument
}

/** What the server sent, folded: the last word on each row, null where it is gone. */
export interface Patch {
  /** Replaces everything instead of changing it. */
  reset: boolean
  changes: Map<TableName, Map<Id, Held | null>>
}

/** What the server has confirmed, in memory as in the store. Changed by patches only. */
export class Base {
  #tables = new Map<TableName, Map<Id, Held>>()
  #indexes = new Map<string, Map<unknown, Id[]>>()

  /** Replaces the records given, or with `all` everything; returns the tables concerned. */
  load(buckets: ReadonlyMap<string, Bucket>, asked: readonly string[] | 'all'): Set<TableName> {
    const tables = new Set<TableName>()
    if (asked === 'all') {
      for (const table of this.#tables.keys()) tables.add(table)
      this.#tables.clear()
    } else {
      for (const bucket of asked) {
        const table = tableOf(bucket)
        tables.add(table)
        const rows = this.#tables.get(table)
        for (const id of rows?.keys() ?? []) if (bucketOf(table, id) === bucket) rows?.delete(id)
      }
    }
    for (const [bucket, rows] of buckets) {
      const table = tableOf(bucket)
      tables.add(table)
      const held = this.#table(table)
      for (const [id, version, document] of rows) held.set(id, { version, document })
    }
    this.#indexes.clear()
    return tables
  }

  get(table: TableName, id: Id): AnyDocument | undefined {
    return this.#tables.get(table)?.get(id)?.document
  }

  ids(table: TableName): Iterable<Id> {
    return this.#tables.get(table)?.keys() ?? []
  }

  idsBy(table: TableName, field: string, value: Id): readonly Id[] {
    const name = `${table}.${field}`
    let index = this.#indexes.get(name)
    if (!index) {
      index = new Map()
      for (const [id, { document }] of this.#tables.get(table) ?? []) {
        const key = (document as unknown as Record<string, unknown>)[field]
        const ids = index.get(key)
        if (ids) ids.push(id)
        else index.set(key, [id])
      }
      this.#indexes.set(name, index)
    }
    return index.get(value) ?? []
  }

  /** Every row with its version, for the digest. */
  *rows(): Iterable<[TableName, Id, number]> {
    for (const [table, rows] of this.#tables) for (const [id, { version }] of rows) yield [table, id, version]
  }

  /** The writes that make the store equal to this base after `patch`. */
  operations(patch: Patch): Operation[] {
    const buckets = new Map<string, Bucket>()
    for (const [table, changes] of patch.changes) {
      for (const [id, held] of changes) {
        const rows = bucket(buckets, table, id)
        if (held) rows.push([id, held.version, held.document])
      }
      if (patch.reset) continue
      for (const [id, { version, document }] of this.#tables.get(table) ?? []) {
        if (!changes.has(id)) buckets.get(bucketOf(table, id))?.push([id, version, document])
      }
    }
    const operations: Operation[] = patch.reset ? [{ do: 'clear', store: 'documents' }] : []
    for (const [key, value] of buckets) {
      if (value.length > 0) operations.push({ do: 'put', store: 'documents', key, value })
      else operations.push({ do: 'delete', store: 'documents', key })
    }
    return operations
  }

  /** Applies what `operations` has written; returns the tables concerned. */
  apply(patch: Patch): Set<TableName> {
    const tables = new Set<TableName>(patch.changes.keys())
    if (patch.reset) {
      for (const table of this.#tables.keys()) tables.add(table)
      this.#tables.clear()
    }
    for (const [table, changes] of patch.changes) {
      const rows = this.#table(table)
      for (const [id, held] of changes) {
        if (held) rows.set(id, held)
        else rows.delete(id)
      }
    }
    if (tables.size > 0) this.#indexes.clear()
    return tables
  }

  #table(table: TableName): Map<Id, Held> {
    let rows = this.#tables.get(table)
    if (!rows) {
      rows = new Map()
      this.#tables.set(table, rows)
    }
    return rows
  }
}

function bucket(buckets: Map<string, Bucket>, table: TableName, id: Id): Bucket {
  const key = bucketOf(table, id)
  let rows = buckets.get(key)
  if (!rows) {
    rows = []
    buckets.set(key, rows)
  }
  return rows
}

/** A document of a table, once its table is known. */
export const typed = <T extends TableName>(document: AnyDocument | undefined) => document as Documents[T] | undefined
