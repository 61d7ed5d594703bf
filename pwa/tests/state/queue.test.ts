import { expect, test } from 'vitest'
import { batch, numbering, refilling, renumbering, settling, trimming } from '../../src/state/queue'
import type { Entry, Operation } from '../../src/vault'
import { entry } from '../vault/entries'

const DAY = 24 * 60 * 60_000
const now = Date.parse('2026-11-22T04:00:00.000Z')
const entries = (...list: Partial<Entry>[]) =>
  new Map(list.map((changes, index) => [index + 1, entry(changes)] as const))
const kept = (operations: Operation[] | null, store: string) =>
  (operations ?? []).flatMap((each) => (each.do === 'put' && each.store === store ? [each.value as Entry] : []))
const gone = (operations: Operation[] | null, store: string) =>
  (operations ?? []).flatMap((each) => (each.do === 'delete' && each.store === store ? [each.key] : []))

test('numbers are given in the order of entry, up to the first that is held', () => {
  const outbox = entries({ seq: 7 }, {}, {}, { held_until: now + 1 }, {})
  const { operations, lastSeq } = numbering(outbox, 7, now)
  expect(kept(operations, 'outbox').map(({ seq }) => seq)).toEqual([8, 9])
  expect(lastSeq).toBe(9)
  expect(numbering(outbox, 7, now + 1).lastSeq).toBe(11)
})

test('a batch holds so many mutations and so many bytes, but at least one', () => {
  const outbox = entries({ seq: 1, args: { note: '好'.repeat(500) } }, { seq: 2 }, { seq: 3 })
  const seqs = (mutations: number, bytes: number) => batch(outbox, { mutations, bytes }, false).map(({ seq }) => seq)
  expect(seqs(2, 10_000)).toEqual([1, 2])
  expect(seqs(500, 1_000)).toEqual([1])
  expect(seqs(500, 10_000)).toEqual([1, 2, 3])
})

test('parked entries are asked about in front of the new ones', () => {
  const outbox = entries({ seq: 2 }, { seq: 1, state: 'parked' })
  expect(batch(outbox, { mutations: 9, bytes: 9_999 }, true).map(({ seq }) => seq)).toEqual([1, 2])
  expect(batch(outbox, { mutations: 9, bytes: 9_999 }, false).map(({ seq }) => seq)).toEqual([2])
})

test('a duplicate carries the first result', () => {
  const error = { code: 'forbidden', message: 'no' }
  const operations = settling(
    entries({ seq: 1 }, { seq: 2 }),
    [
      { seq: 1, status: 'duplicate', error: null },
      { seq: 2, status: 'duplicate', error },
    ],
    '2026-11-22T04:00:00.000Z',
  )
  expect(kept(operations, 'outbox')).toMatchObject([{ seq: 1, state: 'applied' }])
  expect(kept(operations, 'journal')).toMatchObject([{ seq: 2, state: 'rejected', error }])
  expect(gone(operations, 'outbox')).toEqual([2])
})

test('an unanswered entry stays, whatever the pull says', () => {
  const operations = trimming(
    entries({ seq: 1 }, { seq: 2, state: 'applied' }, { seq: 3, state: 'applied' }),
    new Map(),
    2,
    2,
    now,
  )
  expect(gone(operations, 'outbox')).toEqual([2])
})

test('the journal keeps seven days, what is not backed up, and what nobody has dealt with', () => {
  const old = new Date(now - 8 * DAY).toISOString()
  const journal = entries(
    { seq: 1, state: 'applied', settled_at: old },
    { seq: 2, state: 'applied', settled_at: new Date(now - 6 * DAY).toISOString() },
    { seq: 3, state: 'rejected', settled_at: old },
    { seq: 4, state: 'rejected', settled_at: old, dealt: true },
    { seq: 9, state: 'applied', settled_at: old },
  )
  expect(gone(trimming(new Map(), journal, 9, 8, now), 'journal')).toEqual([1, 4])
})

test('a restored server is sent everything above what it has, with the first answers', () => {
  const journal = entries({ seq: 1, state: 'applied' }, { seq: 2, state: 'applied' }, { seq: 3, state: 'rejected' })
  const outbox = new Map([[4, entry({ seq: 4 })]])
  const operations = refilling(outbox, journal, 1, 4)
  expect(kept(operations, 'outbox')).toMatchObject([
    { seq: 2, first: 'applied', state: 'waiting' },
    { seq: 3, first: 'rejected', state: 'waiting' },
  ])
})

test('a gap that the journal cannot fill is said to be one', () => {
  const journal = entries({ seq: 3, state: 'applied' })
  expect(refilling(new Map(), journal, 1, 3)).toBeNull()
})

test('a device registered anew says everything again, in the old order and without numbers', () => {
  const journal = entries({ seq: 1, state: 'applied' })
  const outbox = new Map([
    [2, entry({ seq: 2, state: 'applied' })],
    [3, entry({ seq: 3 })],
  ])
  const operations = renumbering(outbox, journal)
  expect(kept(operations, 'outbox')).toMatchObject([
    { seq: null, first: 'applied', state: 'waiting' },
    { seq: null, first: 'applied', state: 'waiting' },
    { seq: null, first: null, state: 'waiting' },
  ])
})
