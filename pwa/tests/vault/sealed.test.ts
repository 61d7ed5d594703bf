import 'fake-indexeddb/auto'
import { beforeEach, expect, test } from 'vitest'
import { IndexedVault, newDataKey, type Operation, type Storage } from '../../src/vault'
import { entry } from './entries'

const vault = new IndexedVault()
const picture = new TextEncoder().encode('\xff\xd8 李雨桐').buffer
const delivery = { photo_id: 'photo', set_id: 'set', sha256: '李雨桐' } as never
let name = ''
let key: CryptoKey
let written: Operation[]

beforeEach(async () => {
  name = `sealed-${Math.random()}`
  key = await newDataKey()
  written = [
    { do: 'put', store: 'meta', key: 'draft:x', value: { form: '李雨桐' } },
    { do: 'put', store: 'documents', key: 'customer/1', value: [['id', 1, { name: '李雨桐' } as never]] },
    { do: 'append', store: 'outbox', value: entry({ args: { name: '李雨桐' } }) },
    { do: 'put', store: 'journal', key: 7, value: entry({ args: { name: '李雨桐' } }) },
    { do: 'put', store: 'originals', key: 'photo', value: picture },
    { do: 'put', store: 'deliveries', key: 'photo', value: delivery },
    { do: 'put', store: 'renditions', key: 'photo/thumb', value: picture },
    { do: 'put', store: 'shelf', key: 'photo/thumb', value: { size_bytes: 12, used_at: 1 } },
  ]
})

/** Every value as it lies on the disk, by store and key. */
async function onDisk(): Promise<Map<string, unknown>> {
  const plain = await readAll(await vault.open(name))
  return new Map(
    Object.entries(plain).flatMap(([store, rows]) => [...rows].map(([at, value]) => [`${store} ${at}`, value])),
  )
}

const readAll = (store: Storage) =>
  store.read({
    meta: ['draft:x'],
    documents: 'all',
    outbox: 'all',
    journal: 'all',
    originals: 'all',
    deliveries: 'all',
    renditions: 'all',
    shelf: 'all',
  })

test('nothing that was put can be read without the key', async () => {
  await (await vault.open(name, key)).write(written)
  const kept = await onDisk()
  expect(kept.size).toBe(written.length)
  for (const value of kept.values()) {
    expect(value).toBeInstanceOf(Uint8Array)
    expect(new TextDecoder().decode(value as Uint8Array)).not.toContain('李雨桐')
  }
  await expect(readAll(await vault.open(name, await newDataKey()))).rejects.toThrow()
})

test('the same value is never the same on the disk', async () => {
  const store = await vault.open(name, key)
  await store.write([written[0] as Operation])
  const before = (await onDisk()).get('meta draft:x')
  await store.write([written[0] as Operation])
  expect((await onDisk()).get('meta draft:x')).not.toEqual(before)
})

test('a value that was put in the place of another is found out', async () => {
  const store = await vault.open(name, key)
  await store.write(written)
  const stolen = (await onDisk()).get('originals photo')
  await (await vault.open(name)).write([{ do: 'put', store: 'originals', key: 'other', value: stolen as never }])
  await expect(store.read({ originals: ['other'] })).rejects.toThrow()
})

test('what a version before sealing has left is sealed, and nothing of it is lost', async () => {
  const before = await vault.open(name)
  await before.write(written)
  await before.takeFence()
  const plain = await readAll(before)
  await vault.seal(name, key)
  for (const value of (await onDisk()).values()) expect(value).toBeInstanceOf(Uint8Array)
  const store = await vault.open(name, key)
  expect(await readAll(store)).toEqual(plain)
  expect(await store.takeFence()).toBe(2)
})

test('an app that was ended while sealing goes on where it was', async () => {
  await (await vault.open(name)).write(written)
  await (await vault.open(name, key)).write([written[1] as Operation]) // sealed already
  const store = await vault.open(name, key)
  const mixed = await readAll(store)
  await vault.seal(name, key)
  expect(await readAll(store)).toEqual(mixed)
})
