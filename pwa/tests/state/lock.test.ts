import { beforeEach, expect, test } from 'vitest'
import { newId } from '../../src/domain/ids'
import type { Passkeys } from '../../src/vault'
import { Browser, type Tab } from './browser'
import { id, people, rows } from './clinic'
import { FakeServer } from './fake-server'

const [caller, lead] = people.map((person) => person.login) as [string, string]
const HOUR_MS = 60 * 60_000
const device = { name: 'phone', platform: 'test' }
let server: FakeServer
let browser: Browser
let tab: Tab

beforeEach(async () => {
  server = new FakeServer(people, rows(), () => Date.now())
  browser = new Browser(server.transport)
  tab = await browser.open()
  await signIn()
})

const signIn = (login = caller, more: { password?: string; code?: string; previous?: string; anew?: boolean } = {}) =>
  tab.app.session.signIn({ clinic: 'demo', login, password: 'right', device, ...more })

/** Work that the clinic has not got. */
async function work(): Promise<void> {
  browser.online = false
  const args = { id: newId(), followup_id: id('first'), channel: 'call', outcome: 'reached', content: {} } as const
  expect(await tab.app.mutate('followup.attempt', args)).toMatchObject({ kind: 'saved' })
}

/** The app was closed for so long that nobody holds the key any more. */
async function closedForLong(): Promise<void> {
  browser.close(tab)
  browser.held = null
  tab = await browser.open()
}

/** An authenticator of one finger: its answers depend on the credential and the salt. */
function finger(): Passkeys {
  const secret = async (credential: Uint8Array, salt: Uint8Array) =>
    new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array([...credential, ...salt])))
  const credential = new Uint8Array([1, 2, 3])
  return {
    available: async () => true,
    create: async (_person, salt) => ({ credential, secret: await secret(credential, salt) }),
    secret,
  }
}

test('who closes the app for long finds it locked, unlocks it without a network, and has lost nothing', async () => {
  await work()
  await closedForLong()
  const { session, records, sync } = tab.app
  expect(session.person).toBe(null)
  expect(session.locked?.login).toBe(caller)
  expect(records.all('customer')).toEqual([])
  expect(await session.unlock('wrong')).toBe('wrong')
  expect(await session.unlock('right')).toBe('unlocked')
  expect(session.locked).toBe(null)
  expect(sync.pendingCount).toBe(1)
})

test('a page that is loaded anew does not ask again', async () => {
  browser.close(tab)
  tab = await browser.open()
  expect(tab.app.session.person?.login).toBe(caller)
})

test('locking locks every tab, and unlocking one unlocks the others', async () => {
  const other = await browser.open()
  tab.app.session.lock()
  await expect.poll(() => other.app.session.locked?.login).toBe(caller)
  expect(other.app.records.all('customer')).toEqual([])
  expect(await other.app.session.unlock('right')).toBe('unlocked')
  await expect.poll(() => tab.app.session.person?.login).toBe(caller)
})

test('two people change places without a network, each with the own password', async () => {
  await signIn(lead)
  await work()
  expect(await signIn(caller)).toEqual({ kind: 'signed_in' })
  expect(tab.app.session.person?.login).toBe(caller)
  expect(tab.app.sync.pendingCount).toBe(0)
  expect(await signIn(lead, { password: 'wrong' })).toEqual({ kind: 'offline' })
  expect(await signIn(lead)).toEqual({ kind: 'signed_in' })
  expect(tab.app.sync.pendingCount).toBe(1)
})

test('a new password opens the store once the one before is said, and from then on by itself', async () => {
  await work()
  await closedForLong()
  browser.online = true
  server.password = 'new'
  expect(await signIn(caller, { password: 'new' })).toEqual({ kind: 'password_changed', unsent: 1 })
  expect(await signIn(caller, { password: 'new', previous: 'wrong' })).toMatchObject({ kind: 'password_changed' })
  expect(await signIn(caller, { password: 'new', previous: 'right' })).toEqual({ kind: 'signed_in' })
  await expect.poll(() => server.state.log.some(({ name }) => name === 'followup.attempt')).toBe(true)
  await closedForLong()
  expect(await tab.app.session.unlock('right')).toBe('wrong')
  expect(await tab.app.session.unlock('new')).toBe('unlocked')
})

test('who changes the own password opens this phone with it from then on, in every tab', async () => {
  const other = await browser.open()
  const { session } = tab.app
  expect(await session.changePassword('wrong', 'lanterns')).toMatchObject({ code: 'wrong_password' })
  expect(await session.changePassword('right', 'short')).toMatchObject({ code: 'weak_password' })
  browser.online = false
  expect(await session.changePassword('right', 'lanterns')).toEqual({ kind: 'offline' })
  browser.online = true
  expect(await session.changePassword('right', 'lanterns')).toEqual({ kind: 'ok', value: null })
  await work()
  other.app.session.lock()
  await expect.poll(() => session.locked?.login).toBe(caller)
  expect(await other.app.session.unlock('right')).toBe('wrong')
  expect(await other.app.session.unlock('lanterns')).toBe('unlocked')
  browser.online = true
  await closedForLong()
  expect(await session.unlock('right')).toBe('wrong')
  expect(await tab.app.session.unlock('lanterns')).toBe('unlocked')
  await expect.poll(() => server.state.log.some(({ name }) => name === 'followup.attempt')).toBe(true)
})

test('who was given a password replaces it before anything else, and what waits here is opened as before', async () => {
  await work()
  await closedForLong()
  browser.online = true
  server.password = 'given'
  server.given = true
  expect(await signIn(caller, { password: 'given' })).toEqual({ kind: 'owes', what: 'password' })
  expect(tab.app.session.person).toBe(null)
  expect(await tab.app.session.changePassword('given', 'lanterns')).toEqual({ kind: 'ok', value: null })
  expect(await signIn(caller, { password: 'lanterns' })).toEqual({ kind: 'password_changed', unsent: 1 })
  expect(await signIn(caller, { password: 'lanterns', previous: 'right' })).toEqual({ kind: 'signed_in' })
  await expect.poll(() => server.state.log.some(({ name }) => name === 'followup.attempt')).toBe(true)
})

test('a clinic that wants a second factor asks for it at the next sign-in, and nothing is lost', async () => {
  await work()
  server.factorDue = true
  browser.online = true
  expect(await tab.app.sync.syncNow()).toEqual({ kind: 'needs_sign_in' })
  expect(await signIn()).toEqual({ kind: 'owes', what: 'second_factor' })
  expect(await tab.app.session.beginSecondFactor('right')).toMatchObject({ value: { secret: 'ABCDEFGH' } })
  expect(await tab.app.session.confirmSecondFactor('123456')).toEqual({ kind: 'ok', value: ['aaaaa-bbbbb'] })
  expect(await signIn()).toMatchObject({ kind: 'refused', code: 'second_factor_required' })
  expect(await signIn(caller, { code: '000000' })).toMatchObject({ kind: 'refused', code: 'wrong_code' })
  expect(await signIn(caller, { code: '123456' })).toEqual({ kind: 'signed_in' })
  await expect.poll(() => server.state.log.some(({ name }) => name === 'followup.attempt')).toBe(true)
})

test('a phone whose session has ended by disuse loses nothing', async () => {
  await work()
  for (const device of server.state.devices.values()) device.session = false
  browser.online = true
  expect(await tab.app.sync.syncNow()).toEqual({ kind: 'needs_sign_in' })
  expect(tab.app.sync.pendingCount).toBe(1)
  expect(await signIn()).toEqual({ kind: 'signed_in' })
  await expect.poll(() => server.state.log.some(({ name }) => name === 'followup.attempt')).toBe(true)
})

test('after how many minutes the app locks itself is chosen', async () => {
  const { session } = tab.app
  expect(session.lockAfter).toBe(2)
  session.chooseLockAfter(5)
  expect(session.lockAfter).toBe(5)
  tab.happen('away')
  browser.skew_ms = 4 * 60_000
  tab.happen('front')
  expect(session.locked).toBe(null)
  tab.happen('away')
  browser.skew_ms = 9 * 60_000
  tab.happen('front')
  await expect.poll(() => session.locked?.login).toBe(caller)
})

test('who does not know the password of before starts afresh, knowingly', async () => {
  await work()
  await closedForLong()
  browser.online = true
  server.password = 'new'
  expect(await signIn(caller, { password: 'new', anew: true })).toEqual({ kind: 'signed_in' })
  expect(tab.app.sync.pendingCount).toBe(0)
  await expect.poll(() => tab.app.records.all('customer').length).toBeGreaterThan(0)
})

test('an app that ends while it seals for the first time has kept the key before', async () => {
  await tab.app.session.signOut()
  tab.dies = true
  await expect(signIn(lead)).rejects.toThrow('ended')
  const staff = people.find(({ login }) => login === lead)?.id ?? ''
  const kept = await (await browser.vault.open('meidang')).read({ meta: ['roster'] })
  expect(kept.meta.get('roster')).toMatchObject({ locks: { [staff]: { passkey: null } } })
  expect(browser.notes.get(`meidang.sealing.${staff}`)).toBe('begun')
  await closedForLong()
  expect(await signIn(lead)).toEqual({ kind: 'signed_in' })
  expect(browser.notes.has(`meidang.sealing.${staff}`)).toBe(false)
})

test('a passkey opens the app, and does not when it is another', async () => {
  browser.passkeys = finger()
  await closedForLong()
  await tab.app.session.unlock('right')
  expect(tab.app.session.hasPasskey).toBe(false)
  expect(await tab.app.session.addPasskey('wrong')).toBe('wrong')
  expect(await tab.app.session.addPasskey('right')).toBe('added')
  await closedForLong()
  expect(tab.app.session.hasPasskey).toBe(true)
  expect(await tab.app.session.unlockWithPasskey()).toBe('unlocked')
  browser.passkeys = { ...finger(), secret: async () => new Uint8Array(32) }
  await closedForLong()
  expect(await tab.app.session.unlockWithPasskey()).toBe('declined')
  expect(await tab.app.session.unlock('right')).toBe('unlocked')
})

test('a phone that has not heard of the clinic for three days asks for the password, for two weeks only sends', async () => {
  browser.passkeys = finger()
  await closedForLong()
  await tab.app.session.unlock('right')
  expect(await tab.app.session.addPasskey('right')).toBe('added')
  await work()
  browser.skew_ms = 71 * HOUR_MS
  await closedForLong()
  expect(await tab.app.session.unlockWithPasskey()).toBe('unlocked')
  browser.skew_ms = 73 * HOUR_MS
  await closedForLong()
  expect(await tab.app.session.unlockWithPasskey()).toBe('password')
  expect(await tab.app.session.unlock('right')).toBe('unlocked')
  expect(tab.app.session.lapsed).toBe(false)
  browser.skew_ms = 15 * 24 * HOUR_MS
  expect(tab.app.session.lapsed).toBe(true)
  browser.online = true
  expect(await tab.app.sync.syncNow()).toEqual({ kind: 'all_sent' })
  expect(tab.app.session.lapsed).toBe(false)
})

test('a locked phone that the clinic wipes forgets the key and all of it', async () => {
  await work()
  await closedForLong()
  browser.online = true
  for (const device of server.state.devices.values()) device.revoked = 'wipe'
  tab.happen('online')
  await expect.poll(() => tab.app.sync.phase).toBe('revoked')
  expect(tab.app.session.locked).toBe(null)
  expect(tab.app.session.people).toEqual([])
})

test('a locked phone that the clinic collects keeps what is unsent until it is unlocked', async () => {
  await work()
  await closedForLong()
  browser.online = true
  for (const device of server.state.devices.values()) device.revoked = 'collect'
  tab.happen('online')
  expect(await tab.app.session.unlock('right')).toBe('unlocked')
  await expect.poll(() => tab.app.sync.phase).toBe('revoked')
  await expect.poll(() => server.state.log.some(({ name }) => name === 'followup.attempt')).toBe(true)
})
