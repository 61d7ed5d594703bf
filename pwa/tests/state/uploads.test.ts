import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Id } from '../../src/domain/documents'
import { newId } from '../../src/domain/ids'
import { storeOf } from '../../src/state/roster'
import { Browser, signedInWithoutComparisons, type Tab } from './browser'
import { id, people, rows } from './clinic'
import { FakeServer } from './fake-server'
import { jpeg, onFile, taking, UploadDesk } from './pictures'

const nurse = people[1]?.login as string
const DAY_MS = 24 * 60 * 60 * 1000
let server: FakeServer
let browser: Browser
let desk: UploadDesk

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-11-22T04:00:00.000Z') })
  server = new FakeServer(people, { ...rows(), ...onFile() }, () => Date.now())
  browser = new Browser(server.transport)
  desk = new UploadDesk(server)
  browser.upload = desk.upload
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms)

/** So many days later, and a few rounds of sync. */
async function later(days: number): Promise<void> {
  vi.setSystemTime(Date.now() + days * DAY_MS)
  await pass(3 * 60_000)
}

async function signIn(tab: Tab): Promise<void> {
  await signedInWithoutComparisons(tab, nurse)
  await pass()
}

async function opened(): Promise<Tab> {
  const tab = await browser.open()
  await signIn(tab)
  return tab
}

async function reopened(tab: Tab): Promise<Tab> {
  browser.close(tab)
  const again = await browser.open()
  await pass()
  return again
}

let seeds = 0
async function taken(tab: Tab, changes: Partial<ReturnType<typeof taking>> = {}): Promise<Id> {
  seeds += 1
  const photo = newId()
  const answer = await tab.app.pictures.save(jpeg(seeds).buffer, { ...taking(photo), ...changes })
  if (answer.kind !== 'saved') throw new Error(answer.kind)
  await pass()
  return photo
}

/** Whether the bytes are on the phone. */
async function here(tab: Tab, photo: Id): Promise<boolean> {
  const storage = await browser.vault.open(storeOf(tab.app.session.person?.id ?? ''))
  return (await storage.read({ originals: [photo] })).originals.has(photo)
}

test('a picture is sent at once, and is kept when its row says so', async () => {
  const tab = await opened()
  const photo = await taken(tab)
  expect(desk.kept.get(photo)).toEqual(jpeg(seeds))
  expect(tab.app.pictures.stateOf(photo)).toEqual({ kind: 'kept' })
  expect(tab.app.pictures.waiting).toEqual({ count: 0, bytes: 0 })
  expect(await tab.app.sync.syncNow()).toEqual({ kind: 'all_sent' })
})

test('pictures taken without network are sent when it is back, the newest set first, one at a time', async () => {
  const tab = await opened()
  const later = newId()
  server.change([
    'photo_set',
    later,
    { ...server.state.rows.get(`photo_set/${id('set')}`)?.document, id: later } as never,
  ])
  await tab.app.sync.syncNow()
  browser.online = false
  const earlier = newId()
  server.change(['photo_set', earlier, null])
  const first = await taken(tab)
  const second = await taken(tab)
  const newest = await taken(tab, { set_id: later })
  expect(tab.app.pictures.stateOf(first)).toEqual({ kind: 'phone' })
  browser.online = true
  tab.happen('online')
  await pass()
  const order = id('set') > later ? [first, second, newest] : [newest, first, second]
  expect(desk.began.map(({ photo_id }) => photo_id)).toEqual(order)
})

test('what became of a picture is asked after all have been sent, and not while its row says it', async () => {
  const tab = await opened()
  browser.online = false
  const photos = [await taken(tab), await taken(tab)]
  browser.online = true
  tab.happen('online')
  await pass()
  expect(desk.began).toHaveLength(2)
  expect(desk.asked).toEqual(photos)
  for (const photo of photos) expect(tab.app.pictures.stateOf(photo)).toEqual({ kind: 'kept' })
})

test('an upload goes on where it was after the app was closed in the middle', async () => {
  const before = await opened()
  desk.fate = () => ({ cut: 12 })
  const photo = await taken(before)
  expect(before.app.pictures.stateOf(photo)).toEqual({
    kind: 'uploading',
    percent: Math.floor(1200 / jpeg(seeds).length),
  })
  expect(before.app.pictures.waiting.count).toBe(1)
  desk.fate = () => null
  const tab = await reopened(before)
  expect(desk.began.at(-1)).toEqual({ photo_id: photo, url: `/api/uploads/${photo}` })
  expect(tab.app.pictures.stateOf(photo)).toEqual({ kind: 'kept' })
})

test('another tab shows how far it is, and does not send it a second time', async () => {
  const tab = await opened()
  const other = await browser.open()
  await pass()
  desk.fate = () => ({ cut: 12 })
  const photo = await taken(other)
  expect(other.app.pictures.stateOf(photo)).toMatchObject({ kind: 'uploading' })
  expect(tab.app.pictures.stateOf(photo)).toMatchObject({ kind: 'uploading' })
  expect(desk.began).toHaveLength(1)
})

test('a picture that another tab has refused to give up is sent again by the tab that leads', async () => {
  const tab = await opened()
  const other = await browser.open()
  await pass()
  desk.fate = () => ({ refused: 422, code: 'damaged' })
  const photo = await taken(tab)
  desk.fate = () => null
  await other.app.pictures.tryAgain(photo)
  await pass()
  expect(tab.app.pictures.stateOf(photo)).toEqual({ kind: 'kept' })
  expect(other.app.pictures.stateOf(photo)).toEqual({ kind: 'kept' })
})

test('what the server cannot take now is tried again, later and later', async () => {
  const tab = await opened()
  let tries = 0
  desk.fate = () => {
    tries += 1
    return { refused: 503, code: 'unavailable' }
  }
  await taken(tab)
  await pass(1_000)
  const soon = tries
  await pass(60_000)
  const minute = tries - soon
  await pass(10 * 60_000)
  const tenMinutes = tries - soon - minute
  expect(soon).toBeGreaterThan(0)
  expect(minute).toBeGreaterThan(2)
  expect(tenMinutes).toBeLessThan(minute + 5)
  desk.fate = () => null
  await pass(5 * 60_000)
  expect(desk.kept.size).toBe(1)
})

test('bytes that the clinic will not take stay here, hold up no other picture, and wait for a person', async () => {
  const tab = await opened()
  browser.online = false
  const refused = await taken(tab)
  const other = await taken(tab)
  desk.fate = (photo) => (photo === refused ? { refused: 422, code: 'location_data' } : null)
  browser.online = true
  tab.happen('online')
  await pass()
  expect(tab.app.pictures.stateOf(refused)).toEqual({ kind: 'refused', code: 'location_data' })
  expect(tab.app.pictures.refused).toMatchObject([{ photo_id: refused, code: 'location_data' }])
  expect(tab.app.pictures.stateOf(other)).toEqual({ kind: 'kept' })
  await pass(60 * 60_000)
  expect(desk.began.filter(({ photo_id }) => photo_id === refused)).toHaveLength(1)
  desk.fate = () => null
  await tab.app.pictures.tryAgain(refused)
  await pass()
  expect(tab.app.pictures.stateOf(refused)).toEqual({ kind: 'kept' })
  expect(tab.app.pictures.refused).toEqual([])
})

test('a refused picture goes from this phone when a person says so', async () => {
  const tab = await opened()
  desk.fate = () => ({ refused: 422, code: 'damaged' })
  const photo = await taken(tab)
  await tab.app.pictures.discard(photo)
  expect(await here(tab, photo)).toBe(false)
  expect(tab.app.pictures.stateOf(photo)).toEqual({ kind: 'missing' })
})

test('bytes that were damaged on the way are sent again from the start', async () => {
  const tab = await opened()
  let tries = 0
  desk.fate = () => {
    tries += 1
    return tries < 3 ? { refused: 422, code: 'sha256_mismatch' } : null
  }
  const photo = await taken(tab)
  expect(desk.began.map(({ url }) => url)).toEqual([null, null, null])
  expect(tab.app.pictures.stateOf(photo)).toEqual({ kind: 'kept' })
})

test('"all sent" is not said while a picture is on its way', async () => {
  const tab = await opened()
  desk.fate = () => ({ cut: 5 })
  await taken(tab)
  expect(tab.app.sync.pendingCount).toBe(0)
  expect(await tab.app.sync.syncNow()).toEqual({ kind: 'pending', count: 1 })
})

test('who opens an original on the phone that holds it leaves an entry for the log', async () => {
  const tab = await opened()
  browser.online = false
  const photo = await taken(tab)
  await tab.app.pictures.blob(photo, 'thumb')
  expect(tab.app.sync.waiting.map(({ name }) => name)).toEqual(['photo.add'])
  expect(await tab.app.pictures.blob(photo, 'original')).not.toBeNull()
  expect(tab.app.sync.waiting.map(({ name }) => name)).toContain('photo.opened')
  browser.full = true
  expect(await tab.app.pictures.blob(photo, 'original')).toBeNull()
})

test('the original stays until the row says that it is stored and is out of the journal', async () => {
  const tab = await opened()
  const photo = await taken(tab)
  await later(6)
  expect(await here(tab, photo)).toBe(true)
  await later(2)
  expect(await here(tab, photo)).toBe(false)
  expect(tab.app.pictures.stateOf(photo)).toEqual({ kind: 'kept' })
})

test('the original stays for as long as the server has no backup of its row', async () => {
  server.backedUp = false
  const tab = await opened()
  const photo = await taken(tab)
  await later(10)
  expect(await here(tab, photo)).toBe(true)
})

test('a server restored without the picture gets it again', async () => {
  const tab = await opened()
  const backup = server.backup()
  const photo = await taken(tab)
  expect(tab.app.pictures.stateOf(photo)).toEqual({ kind: 'kept' })
  desk.kept.clear()
  server.restore(backup)
  await tab.app.sync.syncNow()
  await signIn(tab)
  await tab.app.sync.syncNow()
  await pass(60_000)
  expect(desk.began).toHaveLength(2)
  expect(desk.kept.has(photo)).toBe(true)
  expect(tab.app.pictures.stateOf(photo)).toEqual({ kind: 'kept' })
})

/** The server refuses the entry: consent was revoked meanwhile. */
async function takenWithoutConsent(tab: Tab): Promise<Id> {
  browser.online = false
  const photo = await taken(tab)
  const consent = server.state.rows.get(`consent/${id('consent')}`)?.document
  server.change(['consent', id('consent'), { ...consent, revoked_at: '2026-11-22T03:00:00.000Z' } as never])
  desk.fate = () => ({ refused: 503, code: 'unavailable' })
  browser.online = true
  await tab.app.sync.syncNow()
  await pass()
  return photo
}

test('the bytes of a refused entry stay until a person discards it', async () => {
  let tab = await opened()
  const photo = await takenWithoutConsent(tab)
  tab = await reopened(tab)
  expect(tab.app.pictures.stateOf(photo)).toEqual({ kind: 'refused', code: 'gate' })
  expect(tab.app.pictures.waiting.count).toBe(0)
  await later(10)
  expect(await here(tab, photo)).toBe(true)
  const [entry] = tab.app.sync.rejected
  await tab.app.sync.discard(entry?.id ?? '')
  expect(await here(tab, photo)).toBe(false)
})

test('the bytes of a refused entry go with it when it is sent anew', async () => {
  const tab = await opened()
  const photo = await takenWithoutConsent(tab)
  const consent = server.state.rows.get(`consent/${id('consent')}`)?.document
  server.change(['consent', id('consent'), { ...consent, revoked_at: null } as never])
  await tab.app.sync.syncNow()
  const [entry] = tab.app.sync.rejected
  desk.fate = () => null
  await tab.app.sync.resend(entry?.id ?? '', entry?.args ?? {})
  tab.happen('online')
  await pass()
  expect(tab.app.pictures.stateOf(photo)).toEqual({ kind: 'kept' })
})

test('a full phone first lets go of what the clinic has, and then takes the picture', async () => {
  const tab = await opened()
  const kept = await taken(tab)
  browser.room = 1
  const next = await taken(tab)
  expect(await here(tab, next)).toBe(true)
  expect(await here(tab, kept)).toBe(false)
})

test('a phone that is nearly full lets go of what the clinic has before it is full', async () => {
  const tab = await opened()
  const photo = await taken(tab)
  await tab.app.sync.syncNow()
  expect(await here(tab, photo)).toBe(true)
  browser.usage_bytes = 81
  await tab.app.sync.syncNow()
  expect(await here(tab, photo)).toBe(false)
  expect(tab.app.pictures.stateOf(photo)).toEqual({ kind: 'kept' })
})

test('a device that the clinic has signed off first hands in its pictures, and then forgets them', async () => {
  const tab = await opened()
  browser.online = false
  const photo = await taken(tab)
  for (const device of server.state.devices.values()) device.revoked = 'collect'
  desk.fate = () => ({ refused: 503, code: 'unavailable' })
  browser.online = true
  await tab.app.sync.syncNow()
  expect(tab.app.session.people).toHaveLength(1)
  desk.fate = () => null
  await pass(10 * 60_000)
  expect(desk.kept.has(photo)).toBe(true)
  expect(tab.app.session.people).toEqual([])
})

test('the clinic hears how many pictures this phone cannot get rid of', async () => {
  const told: unknown[] = []
  browser.transport = async (request) => {
    if (request.path === '/api/sync/pull') told.push((request.body as { outbox: unknown }).outbox)
    return server.transport(request)
  }
  const tab = await opened()
  desk.fate = () => ({ cut: 1 })
  await taken(tab)
  await tab.app.sync.syncNow()
  expect(told.at(-1)).toEqual({ count: 1, oldest_at: '2026-11-22T04:00:00.000Z' })
})
