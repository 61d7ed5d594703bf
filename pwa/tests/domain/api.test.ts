import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import openapiTS, { astToString } from 'openapi-typescript'
import { expect, test } from 'vitest'
import type { Documents, TableName } from '../../src/domain/documents'
import type { components } from '../../src/domain/generated/api'
import type { MutationName, Mutations } from '../../src/domain/mutations'

type Schemas = components['schemas']

/** `customer_brief` -> CustomerBrief, `followup.hand_on` -> FollowupHandOn */
type Pascal<S extends string> = S extends `${infer Head}_${infer Tail}`
  ? `${Pascal<Head>}${Pascal<Tail>}`
  : S extends `${infer Head}.${infer Tail}`
    ? `${Pascal<Head>}${Pascal<Tail>}`
    : Capitalize<S>

/** Never where the two are of the same shape; otherwise the name of what differs. */
type Difference<Ours, Theirs, Name> = [Exclude<keyof Ours, keyof Theirs>, Exclude<keyof Theirs, keyof Ours>] extends [
  never,
  never,
]
  ? Required<Ours> extends Theirs
    ? never
    : [Name, 'types of fields']
  : [Name, Exclude<keyof Ours, keyof Theirs> | Exclude<keyof Theirs, keyof Ours>]

type Document<T extends TableName> = Schemas[`${Pascal<T>}Document` & keyof Schemas]
type Arguments<N extends MutationName> = Schemas[`${Pascal<N>}Mutation` & keyof Schemas]

// Ours are narrower (unions instead of text), and checked here to be of the server's shape.
type DocumentDifferences = { [T in TableName]: Difference<Documents[T], Document<T>, T> }[TableName]
type MutationDifferences = { [N in MutationName]: Difference<Mutations[N], Arguments<N>, N> }[MutationName]

const none = <_Difference extends never>() => true

test('documents and arguments of mutations are those of the server', () => {
  // The compiler decides (npm run check); what is named in its message differs.
  expect(none<DocumentDifferences>()).toBe(true)
  expect(none<MutationDifferences>()).toBe(true)
})

test('the generated types are those of the server as it is now (npm run types)', { timeout: 60_000 }, async () => {
  const root = new URL('../../../', import.meta.url)
  const flask = new URL('.venv/bin/flask', root).pathname
  const options = { cwd: root.pathname, encoding: 'utf8', maxBuffer: 1e8 } as const
  const document = JSON.parse(execFileSync(flask, ['--app', 'server', 'openapi', 'print'], options))
  const generated = astToString(await openapiTS(document, { defaultNonNullable: false }))
  const committed = readFileSync(new URL('pwa/src/domain/generated/api.d.ts', root), 'utf8')
  expect(committed.endsWith(generated)).toBe(true)
})
