import 'fake-indexeddb/auto'
import { openDB } from 'idb'
import { afterEach, expect, test, vi } from 'vitest'
import { IndexedVault } from '../../src/vault'
import { migrations } from '../../src/vault/migrations'
import { entry } from './entries'

afterEach(() => vi.restoreAllMocks())

function failingPut(name: string, times: number) {
  let failures = 0
  const put = IDBObjectStore.prototype.put
  vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, ...args) {
    if (failures === times) return put.apply(this, args)
    failures += 1
    throw new DOMException('injected', name)
  })
}

test('a full phone is told, at once and with nothing kept', async () => {
  const store = await new IndexedVault().open('full')
  failingPut('QuotaExceededError', 1)
  const write = store.write([{ do: 'append', store: 'outbox', value: entry() }])
  await expect(write).rejects.toMatchObject({ kind: 'full' })
  expect((await store.read({ outbox: 'all' })).outbox.size).toBe(0)
})

test('a lost connection is taken up again, and the write done once', async () => {
  const store = await new IndexedVault().open('lost-once')
  failingPut('UnknownError', 1)
  await store.write([{ do: 'append', store: 'outbox', value: entry() }])
  expect((await store.read({ outbox: 'all' })).outbox.size).toBe(1)
})

test('a database that stays lost is said to be lost', async () => {
  const store = await new IndexedVault().open('lost')
  failingPut('UnknownError', 2)
  const write = store.write([{ do: 'append', store: 'outbox', value: entry() }])
  await expect(write).rejects.toMatchObject({ kind: 'lost' })
})

test('writes ask for strict durability', async () => {
  const store = await new IndexedVault().open('strict')
  const transaction = vi.spyOn(IDBDatabase.prototype, 'transaction')
  await store.write([{ do: 'append', store: 'outbox', value: entry() }])
  expect(transaction.mock.calls[0]?.[2]).toEqual({ durability: 'strict' })
})

test('a later version of the database carries the outbox over', async () => {
  const before = await new IndexedVault().open('upgraded')
  const unsent = entry()
  await before.write([{ do: 'append', store: 'outbox', value: unsent }])
  // Not closed: the older version gives way by itself.
  const after = await new IndexedVault([...migrations, (database) => void database.createObjectStore('later')]).open(
    'upgraded',
  )
  const [n] = await after.write([{ do: 'append', store: 'outbox', value: entry() }])
  const { outbox } = await after.read({ outbox: 'all' })
  expect(outbox.get(1)).toEqual(unsent)
  expect(n).toBe(2)
})

test('the first version shipped can be opened, and takes pictures from then on', async () => {
  const first = await openDB('first', 1, {
    upgrade(database) {
      for (const name of ['meta', 'documents', 'journal']) database.createObjectStore(name)
      database.createObjectStore('outbox', { autoIncrement: true })
    },
  })
  const unsent = entry()
  await first.put('outbox', unsent, 7)
  first.close()
  const store = await new IndexedVault().open('first')
  await store.write([{ do: 'put', store: 'originals', key: 'photo', value: new Uint8Array([1, 2]).buffer }])
  const { outbox, originals } = await store.read({ outbox: 'all', originals: ['photo'] })
  expect([...outbox]).toEqual([[7, unsent]])
  expect(new Uint8Array(originals.get('photo') as ArrayBuffer)).toEqual(new Uint8Array([1, 2]))
})
