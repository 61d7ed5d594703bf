import type { Documents, Id, Instant, Role, TableName } from './documents'

export interface Actor {
  id: Id
  roles: readonly Role[]
}

/** Everything of a document but what the transaction itself sets. */
export type Fields<T extends TableName> = Omit<Documents[T], 'id' | 'created_at' | 'updated_at' | 'updated_by'>

/** What a mutator sees: documents as they stand, who acts, and when (corrected time). It may change what it likes. */
export interface Transaction {
  readonly actor: Actor
  readonly at: Instant
  readonly mutationId: Id
  get<T extends TableName>(table: T, id: Id | null | undefined): Documents[T] | undefined
  all<T extends TableName>(table: T): Documents[T][]
  find<T extends TableName>(table: T, field: keyof Documents[T] & string, value: Id): Documents[T][]
  insert<T extends TableName>(table: T, id: Id, fields: Fields<T>): void
  update<T extends TableName>(table: T, id: Id, changes: Partial<Fields<T>>): void
  remove(table: TableName, id: Id): void
}
