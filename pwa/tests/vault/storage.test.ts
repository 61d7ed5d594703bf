import 'fake-indexeddb/auto'
import { beforeEach, describe, expect, test } from 'vitest'
import { IndexedVault, MemoryVault, newDataKey, type Storage, StorageError, type Vault } from '../../src/vault'
import { entry } from './entries'

let names = 0

/** A vault that opens every store with this key. */
function sealedWith(key: Promise<CryptoKey>): Vault {
  const vault = new IndexedVault()
  return { ...vault, seal: vault.seal, erase: vault.erase, open: async (name) => vault.open(name, await key) }
}

describe.each<[string, () => Vault]>([
  ['memory', () => new MemoryVault()],
  ['IndexedDB', () => new IndexedVault()],
  ['IndexedDB, sealed', () => sealedWith(newDataKey())],
])('a store in %s', (_name, makeVault) => {
  let vault: Vault
  let name: string
  let store: Storage

  beforeEach(async () => {
    vault = makeVault()
    names += 1
    name = `store-${names}`
    store = await vault.open(name)
  })

  test('holds nothing at first', async () => {
    const found = await store.read({ documents: 'all', outbox: 'all', journal: 'all', meta: ['facts'] })
    expect(Object.values(found).map((each) => each.size)).toEqual([0, 0, 0, 0])
  })

  test('gives back what was put, and only the keys asked for', async () => {
    await store.write([
      { do: 'put', store: 'meta', key: 'one', value: { cursor: 'a' } },
      { do: 'put', store: 'meta', key: 'two', value: 2 },
    ])
    const { meta } = await store.read({ meta: ['one', 'three'] })
    expect([...meta]).toEqual([['one', { cursor: 'a' }]])
  })

  test('gives a copy: changing what was read or written changes nothing kept', async () => {
    const value = { cursor: 'a' }
    await store.write([{ do: 'put', store: 'meta', key: 'facts', value }])
    value.cursor = 'changed'
    const first = await store.read({ meta: ['facts'] })
    Object.assign(first.meta.get('facts') as object, { cursor: 'changed too' })
    expect((await store.read({ meta: ['facts'] })).meta.get('facts')).toEqual({ cursor: 'a' })
  })

  test('numbers appended entries upwards and never gives a number twice', async () => {
    const [first, second] = await store.write([
      { do: 'append', store: 'outbox', value: entry() },
      { do: 'append', store: 'outbox', value: entry() },
    ])
    await store.write([{ do: 'clear', store: 'outbox' }])
    const [third] = await store.write([{ do: 'append', store: 'outbox', value: entry() }])
    await store.write([{ do: 'put', store: 'outbox', key: 100, value: entry() }])
    const [last] = await store.write([{ do: 'append', store: 'outbox', value: entry() }])
    expect([Number(second) - Number(first), Number(third) - Number(second), last]).toEqual([1, 1, 101])
  })

  test('reads entries in the order of their numbers, also after one came back', async () => {
    const entries = Array.from({ length: 12 }, () => entry())
    await store.write(entries.map((value) => ({ do: 'append', store: 'outbox', value })))
    await store.write([{ do: 'delete', store: 'outbox', key: 2 }])
    await store.write([{ do: 'put', store: 'outbox', key: 2, value: entry() }])
    const { outbox } = await store.read({ outbox: 'all' })
    expect([...outbox.keys()]).toEqual(Array.from({ length: 12 }, (_, index) => index + 1))
  })

  test('writes all of a list or, fenced off, none of it', async () => {
    const old = await store.takeFence()
    await store.takeFence()
    const fenced = store.write([{ do: 'put', store: 'meta', key: 'facts', value: 1 }], old)
    await expect(fenced).rejects.toMatchObject({ kind: 'fenced' })
    expect((await store.read({ meta: ['facts'] })).meta.size).toBe(0)
  })

  test('lets the last fence write, and everybody without one', async () => {
    const fence = await store.takeFence()
    await store.write([{ do: 'put', store: 'meta', key: 'facts', value: 1 }], fence)
    await store.write([{ do: 'append', store: 'outbox', value: entry() }])
    const { meta, outbox } = await store.read({ meta: ['facts'], outbox: 'all' })
    expect([meta.get('facts'), outbox.size]).toEqual([1, 1])
  })

  test('is the same store when opened again, and another under another name', async () => {
    await store.write([{ do: 'put', store: 'meta', key: 'facts', value: 1 }])
    store.close()
    const again = await vault.open(name)
    const other = await vault.open(`${name}-other`)
    expect((await again.read({ meta: ['facts'] })).meta.get('facts')).toBe(1)
    expect((await other.read({ meta: ['facts'] })).meta.size).toBe(0)
  })

  test('is empty after it was erased', async () => {
    await store.write([{ do: 'append', store: 'outbox', value: entry() }])
    store.close()
    await vault.erase(name)
    expect((await (await vault.open(name)).read({ outbox: 'all' })).outbox.size).toBe(0)
  })

  test('keeps nothing of a list that failed in the middle', async () => {
    const broken = store.write([
      { do: 'put', store: 'meta', key: 'facts', value: 1 },
      { do: 'put', store: 'meta', key: 'other', value: () => 'cannot be cloned' },
    ])
    await expect(broken).rejects.toThrow()
    expect((await store.read({ meta: ['facts'] })).meta.size).toBe(0)
  })
})

test('errors of a store say their kind', () => {
  expect(new StorageError('full').message).toBe('storage: full')
})
