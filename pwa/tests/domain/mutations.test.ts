import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { AnyDocument, Clinic, Id, Instant, Role, TableName } from '../../src/domain/documents'
import type { MutationName } from '../../src/domain/mutations'
import { mutators } from '../../src/domain/mutators'
import { Refusal } from '../../src/domain/refusal'
import { Base } from '../../src/state/base'
import { View } from '../../src/state/view'
import { entry } from '../vault/entries'

interface Vector {
  name: string
  clinic: Partial<Clinic> & { id: Id }
  actor: { id: Id; roles: Role[] }
  at: Instant
  state: Partial<Record<TableName, AnyDocument[]>>
  mutation: { name: MutationName; id: Id; args: Record<string, unknown> }
  expect: {
    state?: Partial<Record<TableName, { id: Id }[]>>
    absent?: Partial<Record<TableName, Id[]>>
    rejection?: string
  }
}

// The server runs the same files against the server's mutators.
const folder = new URL('../../../tests/vectors/mutations/', import.meta.url)
const vectors = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file): Vector => JSON.parse(readFileSync(new URL(file, folder), 'utf8')))

function viewOf({ clinic, actor, state }: Vector): View {
  const base = new Base()
  const rows = Object.entries({ ...state, clinic: [clinic as AnyDocument] })
  const changes = rows.map(([table, documents]) => {
    const held = documents.map((document) => [document.id, { version: 1, document }] as const)
    return [table as TableName, new Map(held)] as const
  })
  base.apply({ reset: true, changes: new Map(changes) })
  return new View(base, actor)
}

const entries = <T>(tables: Partial<Record<TableName, T[]>> = {}) => Object.entries(tables) as [TableName, T[]][]

test.each(vectors)('$mutation.name: $name', (vector) => {
  const view = viewOf(vector)
  const { name, id, args } = vector.mutation
  const perform = () => view.perform(1, entry({ name, id, args }), vector.at)
  if (vector.expect.rejection) {
    expect(perform).toThrow(expect.objectContaining({ code: vector.expect.rejection }))
    expect(perform).toThrow(Refusal)
    return
  }
  perform()
  for (const [table, documents] of entries(vector.expect.state)) {
    for (const fields of documents) expect(view.get(table, fields.id)).toMatchObject(fields)
  }
  for (const [table, ids] of entries(vector.expect.absent)) {
    for (const absent of ids) expect(view.get(table, absent)).toBeUndefined()
  }
})

test('every mutation has a vector', () => {
  const covered = new Set(vectors.map(({ mutation }) => mutation.name))
  const own = new Set(['rejection.dismiss'])
  expect(Object.keys(mutators).filter((name) => !covered.has(name as MutationName) && !own.has(name))).toEqual([])
})
