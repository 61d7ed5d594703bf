import { effect } from '@vue/reactivity'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { newId } from '../../src/domain/ids'
import { sha256 } from '../../src/domain/pictures/sha256'
import { Album, deliveryOf } from '../../src/state/album'
import { Shelf } from '../../src/state/shelf'
import { MemoryVault, type Storage } from '../../src/vault'
import { Browser, type Tab } from './browser'
import { id, people, rows } from './clinic'
import { FakeServer } from './fake-server'
import { jpeg, onFile, taking } from './pictures'

const nurse = people[1]?.login as string
let server: FakeServer
let browser: Browser

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-11-22T04:00:00.000Z') })
  server = new FakeServer(people, { ...rows(), ...onFile() }, () => Date.now())
  browser = new Browser(server.transport)
})

afterEach(() => vi.useRealTimers())

const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms)

async function opened(): Promise<Tab> {
  const tab = await browser.open()
  const device = { name: 'phone', platform: 'test' }
  await tab.app.session.signIn({ clinic: 'demo', login: nurse, password: 'right', device })
  await pass()
  return tab
}

async function reopened(tab: Tab): Promise<Tab> {
  browser.close(tab)
  const again = await browser.open()
  await pass()
  return again
}

const bytesOf = async (blob: Blob | null) => blob && new Uint8Array(await blob.arrayBuffer())

test('a picture that was saved without network is there with its row after the phone was closed', async () => {
  const before = await opened()
  browser.online = false
  const picture = jpeg(1)
  const photo = newId()
  expect(await before.app.pictures.save(picture.buffer, taking(photo))).toMatchObject({ kind: 'saved' })
  const { app } = await reopened(before)
  expect(app.records.get('photo', photo)).toMatchObject({
    size_bytes: picture.length,
    sha256: await sha256(picture),
    width: 8,
    height: 6,
    stored: false,
  })
  expect(await bytesOf(await app.pictures.blob(photo, 'original'))).toEqual(picture)
  expect(app.pictures.stateOf(photo)).toEqual({ kind: 'phone' })
  expect(app.pictures.waiting).toEqual({ count: 1, bytes: picture.length })
})

test('what is no picture is not kept, and nothing of it is said to be', async () => {
  const { app } = await opened()
  const save = (bytes: number[]) => app.pictures.save(new Uint8Array(bytes).buffer, taking(newId()))
  expect(await save([1, 2, 3])).toEqual({ kind: 'unreadable', why: 'format' })
  expect(await save([...jpeg(1).slice(0, -9)])).toEqual({ kind: 'unreadable', why: 'corrupt' })
  expect(app.records.all('photo')).toEqual([])
  expect(app.pictures.waiting.count).toBe(0)
})

test('without consent neither row nor bytes are kept', async () => {
  const { app } = await opened()
  const photo = newId()
  const answer = await app.pictures.save(jpeg(1).buffer, { ...taking(photo), set_id: id('set-without-consent') })
  expect(answer).toMatchObject({ kind: 'refused', refusal: { code: 'gate' } })
  expect(await app.pictures.blob(photo, 'original')).toBeNull()
  expect(app.pictures.stateOf(photo)).toEqual({ kind: 'missing' })
})

test('on a full phone the picture is said not to be saved, and neither row nor bytes are there', async () => {
  const { app } = await opened()
  browser.full = true
  const photo = newId()
  expect(await app.pictures.save(jpeg(1).buffer, taking(photo))).toEqual({ kind: 'not_saved', reason: 'full' })
  expect(app.records.get('photo', photo)).toBeUndefined()
  expect(await app.pictures.blob(photo, 'original')).toBeNull()
  expect(app.sync.storage.full).toBe(true)
})

test('screens hear of a picture when it is saved', async () => {
  const { app } = await opened()
  browser.online = false
  const photo = newId()
  const seen: string[] = []
  effect(() => seen.push(`${app.pictures.stateOf(photo).kind} ${app.pictures.waiting.count}`))
  await app.pictures.save(jpeg(1).buffer, taking(photo))
  expect([seen[0], seen.at(-1)]).toEqual(['missing 0', 'phone 1'])
})

test('another tab shows what this one has saved', async () => {
  const { app } = await opened()
  browser.online = false
  const other = await browser.open()
  await pass()
  const photo = newId()
  await app.pictures.save(jpeg(1).buffer, taking(photo))
  await pass()
  expect(other.app.pictures.stateOf(photo)).toEqual({ kind: 'phone' })
  expect(await bytesOf(await other.app.pictures.blob(photo, 'original'))).toEqual(jpeg(1))
})

test('signing out says that pictures are not with the clinic yet, and keeps them here', async () => {
  const tab = await opened()
  browser.online = false
  const photo = newId()
  await tab.app.pictures.save(jpeg(1).buffer, taking(photo))
  expect(await tab.app.session.signOut()).toEqual({ kind: 'unsent', count: 2 })
  await tab.app.session.signOut({ anyway: true })
  expect(tab.app.session.people[0]?.unsent).toBe(2)
  browser.online = true
  const { app } = await opened()
  expect(await bytesOf(await app.pictures.blob(photo, 'original'))).toEqual(jpeg(1))
})

test('a smaller picture comes from the server once, and then from this phone', async () => {
  const { app } = await opened()
  const asked: string[] = []
  browser.download = async (path) => {
    asked.push(path)
    return { bytes: jpeg(2).buffer, type: 'image/jpeg' }
  }
  const photo = newId()
  expect(await bytesOf(await app.pictures.blob(photo, 'screen'))).toEqual(jpeg(2))
  browser.online = false
  expect(await bytesOf(await app.pictures.blob(photo, 'screen'))).toEqual(jpeg(2))
  expect(asked).toEqual([`/api/photos/${photo}/screen`])
  expect(await app.pictures.blob(photo, 'thumb')).toBeNull()
})

test('a picture of this phone is made smaller here, without the server', async () => {
  const { app } = await opened()
  browser.online = false
  const photo = newId()
  await app.pictures.save(jpeg(1).buffer, taking(photo))
  const [one, two] = await Promise.all([app.pictures.blob(photo, 'thumb'), app.pictures.blob(photo, 'thumb')])
  expect(await bytesOf(one)).toEqual(jpeg(1).slice(0, 10))
  expect(two).toBe(one)
})

test('baselines of today are fetched in advance, once, and shown without network', async () => {
  const asked: string[] = []
  browser.download = async (path) => {
    asked.push(path)
    return { bytes: jpeg(3).buffer, type: 'image/jpeg' }
  }
  const photo = { ...taking(newId()), customer_id: id('wang'), supersedes: null, stored: true, voided: false }
  const visit = { id: newId(), customer_id: id('wang'), at: '2026-11-22T07:00:00.000Z', status: 'booked' }
  server.change(['photo', photo.id, photo as never], ['appointment', visit.id, visit as never])
  const { app } = await opened()
  await vi.waitFor(() => expect(asked).toEqual([`/api/photos/${photo.id}/screen`]))
  await pass(60 * 60_000)
  expect(asked).toHaveLength(1)
  browser.online = false
  expect(await bytesOf(await app.pictures.blob(photo.id, 'screen'))).toEqual(jpeg(3))
})

test('smaller pictures stay within their budget, and the longest unused goes first', async () => {
  const storage = await new MemoryVault().open('shelf')
  let clock = 0
  const shelf = new Shelf(
    storage,
    (body) => body(),
    () => clock,
    30,
  )
  const day = 24 * 60 * 60 * 1000
  for (const key of ['one', 'two', 'three']) {
    clock += 1
    await shelf.put(key, new ArrayBuffer(10))
  }
  clock += 2 * day
  expect((await shelf.get('one'))?.byteLength).toBe(10)
  await shelf.put('four', new ArrayBuffer(10))
  await shelf.put('much too large', new ArrayBuffer(31))
  const there = await Promise.all(['one', 'two', 'three', 'four', 'much too large'].map((key) => shelf.has(key)))
  expect(there).toEqual([true, false, true, true, false])
})

test('a picture that is kept while the album is being read again is not forgotten', async () => {
  const storage = await new MemoryVault().open('album')
  let answer = () => {}
  const slow: Storage = {
    read: async (wanted) => {
      const found = await storage.read(wanted)
      await new Promise<void>((done) => {
        answer = done
      })
      return found
    },
    write: (operations) => storage.write(operations),
    takeFence: () => storage.takeFence(),
    close: () => {},
  }
  const album = new Album(
    slow,
    (body) => body(),
    () => {},
  )
  const loading = album.load()
  await pass()
  const original = { type: 'image/jpeg' as const, width: 8, height: 6, sha256: '', bytes: new ArrayBuffer(1) }
  const adding = album.add(deliveryOf({ id: 'photo', set_id: 'set' }, original, '2026-11-22T04:00:00.000Z'))
  answer()
  await Promise.all([loading, adding])
  expect([...album.deliveries.keys()]).toEqual(['photo'])
})
