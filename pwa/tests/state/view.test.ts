import { beforeEach, expect, test } from 'vitest'
import type { AnyDocument, TableName } from '../../src/domain/documents'
import { newId } from '../../src/domain/ids'
import { Base } from '../../src/state/base'
import { View } from '../../src/state/view'
import { entry } from '../vault/entries'
import { id, people, rows } from './clinic'

const at = '2026-11-22T04:00:00.000Z'
let view: View

beforeEach(() => {
  const base = new Base()
  const held = (documents: AnyDocument[]) =>
    new Map(documents.map((document) => [document.id, { version: 1, document }]))
  const changes = Object.entries(rows()).map(([table, documents]) => [table as TableName, held(documents)] as const)
  base.apply({ reset: true, changes: new Map(changes) })
  view = new View(base, people[0] as (typeof people)[0])
})

const attempt = (followup: string) =>
  entry({
    name: 'followup.attempt',
    args: { id: newId(), followup_id: id(followup), channel: 'call', outcome: 'reached', content: {} },
  })

const status = (followup: string) => view.get('followup', id(followup))?.status

test('what the server had refused before its restore is not shown as done', () => {
  view.rebuild([[1, { ...attempt('first'), first: 'rejected' }]], () => at)
  expect(status('first')).toBe('open')
})

test('an entry that no longer fits is left out, and those after it are not', () => {
  view.rebuild(
    [
      [1, attempt('gone')],
      [2, attempt('second')],
    ],
    () => at,
  )
  expect(status('second')).toBe('done')
})

test('the same entry twice, as after an answer that was lost, counts once', () => {
  const twice = attempt('first')
  view.rebuild(
    [
      [1, twice],
      [2, twice],
    ],
    () => at,
  )
  expect(view.get('followup', id('first'))?.attempts).toBe(1)
})

test('readers by a field see what the overlay has added and what it has changed', () => {
  const create = {
    id: newId(),
    customer_id: id('li'),
    kind: 'thinking_it_over',
    role: 'customer_service',
    channels: ['call'],
  }
  const args = { ...create, due_from: at, due_at: at, purpose: '问问' }
  view.rebuild(
    [
      [1, entry({ name: 'followup.create', args })],
      [2, attempt('second')],
    ],
    () => at,
  )
  const seen = view.by('followup', 'customer_id', id('li')).map(({ rule, status }) => [rule, status])
  expect(seen.sort()).toEqual([
    ['cs_d3', 'done'],
    ['thinking_it_over', 'open'],
  ])
})

test('rows of the overlay carry who and when', () => {
  view.rebuild([[7, attempt('first')]], () => at)
  expect(view.get('followup', id('first'))).toMatchObject({ updated_at: at, updated_by: people[0]?.id })
  expect(view.touchedBy('followup', id('first'))).toEqual([7])
  expect(view.touchedBy('followup', id('second'))).toEqual([])
})
