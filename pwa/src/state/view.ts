import type { AnyDocument, Documents, Id, Instant, TableName } from '../domain/documents'
import { mutators } from '../domain/mutators'
import type { Actor, Fields, Transaction } from '../domain/transaction'
import type { Entry } from '../vault'
import type { Base } from './base'

type Writes = Map<TableName, Map<Id, AnyDocument | null>>

/** Base with the outbox replayed over it: what people see. Null in the overlay is a row removed. */
export class View {
  #overlay: Writes = new Map()
  /** `table/id` -> numbers of the entries which changed it. */
  #touched = new Map<string, number[]>()

  constructor(
    private readonly base: Base,
    private readonly actor: Actor,
  ) {}

  get<T extends TableName>(table: T, id: Id): Documents[T] | undefined {
    const over = this.#overlay.get(table)?.get(id)
    return (over === undefined ? this.base.get(table, id) : (over ?? undefined)) as Documents[T] | undefined
  }

  all<T extends TableName>(table: T): Documents[T][] {
    return [...this.#documents(table, this.base.ids(table), () => true)]
  }

  by<T extends TableName>(table: T, field: keyof Documents[T] & string, value: Id): Documents[T][] {
    return [...this.#documents(table, this.base.idsBy(table, field, value), (document) => document[field] === value)]
  }

  /** Those of base with these ids that the overlay has left alone, then those of the overlay that fit. */
  *#documents<T extends TableName>(
    table: T,
    ids: Iterable<Id>,
    fits: (document: Documents[T]) => boolean,
  ): Generator<Documents[T]> {
    const over = this.#overlay.get(table)
    for (const id of ids) if (!over?.has(id)) yield this.base.get(table, id) as Documents[T]
    for (const document of over?.values() ?? []) {
      if (document && fits(document as Documents[T])) yield document as Documents[T]
    }
  }

  /** Numbers of the entries of the outbox whose effect is seen in a row. */
  touchedBy(table: TableName, id: Id): readonly number[] {
    return this.#touched.get(`${table}/${id}`) ?? []
  }

  /** Performs one mutation on top; returns the tables changed. Throws what the mutator throws, having changed nothing. */
  perform(number: number, entry: Entry, at: Instant): Set<TableName> {
    const staged = new Staged(this, this.actor, at, entry.id)
    mutators[entry.name](staged, entry.args as never)
    for (const [table, writes] of staged.writes) {
      const over = this.#overlay.get(table)
      if (!over) this.#overlay.set(table, writes)
      else for (const [id, document] of writes) over.set(id, document)
      for (const id of writes.keys()) {
        const key = `${table}/${id}`
        this.#touched.set(key, [...(this.#touched.get(key) ?? []), number])
      }
    }
    return new Set(staged.writes.keys())
  }

  /** Throws what performing would throw. */
  check(entry: Entry, at: Instant): void {
    mutators[entry.name](new Staged(this, this.actor, at, entry.id), entry.args as never)
  }

  /** The overlay anew; returns the tables whose overlay was or is not empty. What no longer fits is left to the server. */
  rebuild(entries: Iterable<[number, Entry]>, at: (entry: Entry) => Instant): Set<TableName> {
    const tables = new Set(this.#overlay.keys())
    this.#overlay.clear()
    this.#touched.clear()
    for (const [number, entry] of entries) {
      if (entry.state === 'rejected' || entry.first === 'rejected') continue
      try {
        for (const table of this.perform(number, entry, at(entry))) tables.add(table)
      } catch {
        // Its row has gone or moved on meanwhile; the entry stays queued and the server decides.
      }
    }
    return tables
  }
}

/** A transaction whose writes are seen by itself only, until it has succeeded. */
class Staged implements Transaction {
  readonly writes: Writes = new Map()

  constructor(
    private readonly view: View,
    readonly actor: Actor,
    readonly at: Instant,
    readonly mutationId: Id,
  ) {}

  get<T extends TableName>(table: T, id: Id | null | undefined): Documents[T] | undefined {
    if (!id) return undefined
    const written = this.writes.get(table)?.get(id)
    return written === undefined ? this.view.get(table, id) : ((written ?? undefined) as Documents[T] | undefined)
  }

  all<T extends TableName>(table: T): Documents[T][] {
    return this.#withWrites(table, this.view.all(table), () => true)
  }

  find<T extends TableName>(table: T, field: keyof Documents[T] & string, value: Id): Documents[T][] {
    return this.#withWrites(table, this.view.by(table, field, value), (document) => document[field] === value)
  }

  insert<T extends TableName>(table: T, id: Id, fields: Fields<T>): void {
    this.#put(table, { ...fields, id, created_at: this.at, updated_at: this.at, updated_by: this.actor.id } as never)
  }

  update<T extends TableName>(table: T, id: Id, changes: Partial<Fields<T>>): void {
    const before = this.get(table, id)
    if (before) this.#put(table, { ...before, ...changes, updated_at: this.at, updated_by: this.actor.id } as never)
  }

  remove(table: TableName, id: Id): void {
    this.#written(table).set(id, null)
  }

  #withWrites<T extends TableName>(
    table: T,
    documents: Documents[T][],
    fits: (document: Documents[T]) => boolean,
  ): Documents[T][] {
    const written = this.writes.get(table)
    if (!written) return documents
    const own = [...written.values()].filter((document) => document && fits(document as Documents[T]))
    return [...documents.filter(({ id }) => !written.has(id)), ...(own as Documents[T][])]
  }

  #put(table: TableName, document: AnyDocument): void {
    this.#written(table).set(document.id, document)
  }

  #written(table: TableName): Map<Id, AnyDocument | null> {
    let written = this.writes.get(table)
    if (!written) {
      written = new Map()
      this.writes.set(table, written)
    }
    return written
  }
}
