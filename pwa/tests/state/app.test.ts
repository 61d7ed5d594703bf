import { effect } from '@vue/reactivity'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Id } from '../../src/domain/documents'
import { newId } from '../../src/domain/ids'
import { storeOf } from '../../src/state/roster'
import { MemoryVault } from '../../src/vault'
import { Browser, type Tab } from './browser'
import { brief, customer, id, people, rows } from './clinic'
import { FakeServer } from './fake-server'

const [caller, lead] = people.map((person) => person.login) as [string, string]
let server: FakeServer
let browser: Browser

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-11-22T04:00:00.000Z') })
  server = new FakeServer(people, rows(), () => Date.now())
  browser = new Browser(server.transport)
})

afterEach(() => vi.useRealTimers())

const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms)

async function signIn(tab: Tab, login = caller, password = 'right') {
  const device = { name: 'phone', platform: 'test' }
  const answer = await tab.app.session.signIn({ clinic: 'demo', login, password, device })
  await pass()
  return answer
}

async function opened(login = caller): Promise<Tab> {
  const tab = await browser.open()
  await signIn(tab, login)
  return tab
}

async function reopened(tab: Tab): Promise<Tab> {
  browser.close(tab)
  const again = await browser.open()
  await pass()
  return again
}

async function attempt(tab: Tab, followup = 'first'): Promise<Id> {
  const answer = await tab.app.mutate('followup.attempt', {
    id: newId(),
    followup_id: id(followup),
    channel: 'call',
    outcome: 'reached',
    content: {},
  })
  if (answer.kind !== 'saved') throw new Error(answer.kind)
  return answer.id
}

const applied = (mutation: Id) => server.state.log.filter((each) => each.id === mutation && each.status === 'applied')

test('after the sign-in everything visible is there', async () => {
  const { app } = await opened()
  expect(app.sync.firstSyncComplete).toBe(true)
  expect(app.sync.phase).toBe('idle')
  expect(app.session.person?.roles).toEqual(['customer_service'])
  expect(app.records.all('followup')).toHaveLength(3)
  expect(app.records.by('followup', 'customer_id', id('wang'))).toHaveLength(2)
  expect(app.records.clinic?.timezone).toBe('Asia/Shanghai')
})

test('a wrong password and a missing network are told apart', async () => {
  const tab = await browser.open()
  expect(await signIn(tab, caller, 'wrong')).toMatchObject({ kind: 'refused', code: 'unauthenticated' })
  browser.online = false
  expect(await signIn(tab)).toEqual({ kind: 'offline' })
})

test('work without network is saved, survives closing, and is sent when the network is back', async () => {
  const before = await opened()
  browser.online = false
  const saved = await attempt(before)
  expect(before.app.records.get('followup', id('first'))?.status).toBe('done')
  const tab = await reopened(before)
  expect(tab.app.records.get('followup', id('first'))?.status).toBe('done')
  expect(tab.app.records.recordState('followup', id('first'))).toBe('phone')
  expect(tab.app.sync.phase).toBe('offline')
  expect(tab.app.sync.pendingCount).toBe(1)
  browser.online = true
  tab.happen('online')
  await pass()
  expect(applied(saved)).toHaveLength(1)
  expect(tab.app.sync.pendingCount).toBe(0)
  expect(tab.app.records.recordState('followup', id('first'))).toBe('sent')
})

test('readers are told when what they read has changed, and only then', async () => {
  const { app } = await opened()
  let followups = 0
  let notices = 0
  effect(() => {
    app.records.all('followup')
    followups += 1
  })
  effect(() => {
    app.records.all('notice')
    notices += 1
  })
  const [before, quiet] = [followups, notices]
  await app.mutate('followup.reschedule', { id: id('first'), planned_at: '2026-11-22T12:00:00.000Z', reason: '' })
  expect(followups).toBeGreaterThan(before)
  await pass()
  expect(notices).toBe(quiet)
})

test('what the rules refuse is not kept', async () => {
  const { app } = await opened()
  const answer = await app.mutate('customer.create', { id: newId(), name: ' ', phones: [] })
  expect(answer).toMatchObject({ kind: 'refused', refusal: { code: 'validation' } })
  expect(app.sync.waiting).toEqual([])
})

test('on a full phone the entry is said not to be saved, and nothing of it is shown', async () => {
  const { app } = await opened()
  browser.full = true
  const answer = await app.mutate('customer.create', { id: newId(), name: '孙晓', phones: [] })
  expect(answer).toEqual({ kind: 'not_saved', reason: 'full' })
  expect(app.records.all('customer')).toHaveLength(2)
  expect(app.sync.storage.full).toBe(true)
})

async function rejected(tab: Tab): Promise<Id> {
  server.change(['customer_alert', id('alert'), null])
  const answer = await tab.app.mutate('alert.clear', { id: id('alert'), reason: '皮试阴性' })
  await pass()
  return answer.kind === 'saved' ? answer.id : ''
}

test('a rejection keeps its content, blocks nothing, and ends when a person discards it', async () => {
  const tab = await opened(lead)
  const refused = await rejected(tab)
  const later = await attempt(tab)
  await pass()
  expect(applied(later)).toHaveLength(1)
  expect(tab.app.sync.rejected).toMatchObject([
    { id: refused, name: 'alert.clear', args: { reason: '皮试阴性' }, code: 'not_found' },
  ])
  expect(tab.app.records.recordState('customer_alert', id('alert'))).toBe('attention')
  const again = await reopened(tab)
  expect(again.app.sync.rejected).toHaveLength(1)
  await again.app.sync.discard(refused)
  await pass()
  expect(again.app.sync.rejected).toEqual([])
  expect(server.visibleTo(id('consult_lead'))).not.toHaveProperty('rejection')
  expect(again.app.records.all('rejection')).toEqual([])
})

test('a rejected entry is sent again as edited', async () => {
  const { app } = await opened(lead)
  const refused = await rejected(browser.tabs[0] as Tab)
  server.change(['customer_alert', id('alert'), rows().customer_alert?.[0] ?? null])
  await app.sync.syncNow()
  await app.sync.resend(refused, { id: id('alert'), reason: '已脱敏' })
  await pass()
  expect(app.sync.rejected).toEqual([])
  expect(app.records.all('customer_alert')).toEqual([])
})

test('signing out with unsent work says so first, and never loses it', async () => {
  const tab = await opened()
  browser.online = false
  const saved = await attempt(tab)
  expect(await tab.app.session.signOut()).toEqual({ kind: 'unsent', count: 1 })
  expect(await tab.app.session.signOut({ anyway: true })).toEqual({ kind: 'signed_out' })
  expect(tab.app.session.person).toBeNull()
  expect(tab.app.records.all('customer')).toEqual([])
  expect(tab.app.session.people).toMatchObject([{ person: { login: caller }, unsent: 1 }])
  browser.online = true
  await signIn(tab)
  expect(applied(saved)).toHaveLength(1)
})

test('two people on one phone have separate stores and devices', async () => {
  const tab = await opened()
  const first = tab.app.session.person?.device_id
  await signIn(tab, lead)
  expect(tab.app.session.person?.login).toBe(lead)
  expect(tab.app.session.person?.device_id).not.toBe(first)
  await signIn(tab)
  expect(tab.app.session.person?.device_id).toBe(first)
})

test('an ended session keeps everything and asks for the password', async () => {
  const tab = await opened()
  for (const device of server.state.devices.values()) device.session = false
  const saved = await attempt(tab)
  await pass()
  expect(tab.app.sync.phase).toBe('needs_sign_in')
  expect(tab.app.sync.pendingCount).toBe(1)
  await signIn(tab)
  expect(applied(saved)).toHaveLength(1)
  expect(tab.app.sync.phase).toBe('idle')
})

test('a device under collection hands in its work, then forgets everything', async () => {
  const tab = await opened()
  browser.online = false
  const saved = await attempt(tab)
  for (const device of server.state.devices.values()) device.revoked = 'collect'
  browser.online = true
  expect(await tab.app.sync.syncNow()).toEqual({ kind: 'revoked' })
  await pass()
  expect(applied(saved)).toHaveLength(1)
  expect(tab.app.sync.phase).toBe('revoked')
  expect(tab.app.session.people).toEqual([])
  const store = await browser.vault.open(storeOf(id('customer_service')))
  expect((await store.read({ documents: 'all' })).documents.size).toBe(0)
})

test('a wiped device forgets everything at once', async () => {
  const tab = await opened()
  browser.online = false
  const saved = await attempt(tab)
  for (const device of server.state.devices.values()) device.revoked = 'wipe'
  browser.online = true
  await tab.app.sync.syncNow()
  await pass()
  expect(applied(saved)).toEqual([])
  expect(tab.app.records.all('customer')).toEqual([])
})

test('an app that is too old still sends its work', async () => {
  const tab = await opened()
  server.oldestSchema = 2
  const saved = await attempt(tab)
  await pass()
  expect(tab.app.sync.phase).toBe('upgrade')
  expect(applied(saved)).toHaveLength(1)
})

test('a poke brings what others have done', async () => {
  const tab = await opened()
  server.change(['customer', id('zhao'), customer('zhao', '赵敏')], ['customer_brief', id('zhao'), brief('zhao', '赵')])
  tab.poke(server.state.version)
  await pass()
  expect(tab.app.records.get('customer', id('zhao'))?.name).toBe('赵敏')
})

test('without pokes it asks every minute while in front', async () => {
  const tab = await opened()
  server.change(['customer', id('zhao'), customer('zhao', '赵敏')])
  await pass(60_000)
  expect(tab.app.records.get('customer', id('zhao'))?.name).toBe('赵敏')
})

test('a phone that is told to wait waits as long as it is told', async () => {
  const tab = await opened()
  const fields = { retry_after_s: 120 }
  browser.transport = async () => ({ status: 429, body: { code: 'throttled', message: '', fields }, date: Date.now() })
  expect(await tab.app.sync.syncNow()).toEqual({ kind: 'trouble', code: 'throttled' })
  const asked = browser.tries
  await pass(119_000)
  expect(browser.tries).toBe(asked)
  browser.transport = server.transport
  await pass(2_000)
  expect(browser.tries).toBeGreaterThan(asked)
  expect(tab.app.sync.trouble).toBe(null)
})

test('without network it tries again, ever more slowly', async () => {
  const tab = await opened()
  browser.online = false
  await attempt(tab)
  await pass(60_000)
  const minute = browser.tries
  await pass(60 * 60_000)
  expect(minute).toBeGreaterThan(4)
  expect((browser.tries - minute) / 60).toBeLessThan(minute / 2)
})

test('a wrong clock is corrected by what the server says', async () => {
  browser.skew_ms = -3 * 60 * 60_000
  const tab = await opened()
  await attempt(tab)
  await pass()
  expect(Math.abs(tab.app.now() - Date.now())).toBeLessThan(2_000)
  expect(tab.app.records.all('attempt')[0]?.at.slice(0, 10)).toBe('2026-11-22')
})

test('a held entry is seen at once, sent later, and can be taken back until then', async () => {
  const tab = await opened()
  const args = {
    id: newId(),
    followup_id: id('first'),
    channel: 'call' as const,
    outcome: 'reached' as const,
    content: {},
  }
  const answer = await tab.app.mutate('followup.attempt', args, { hold_ms: 5_000 })
  const held = answer.kind === 'saved' ? answer.id : ''
  await pass(1_000)
  expect(applied(held)).toEqual([])
  expect(tab.app.records.get('followup', id('first'))?.status).toBe('done')
  expect(await tab.app.undo(held)).toBe(true)
  expect(tab.app.records.get('followup', id('first'))?.status).toBe('open')
  const second = await tab.app.mutate('followup.attempt', { ...args, id: newId() }, { hold_ms: 5_000 })
  const sent = second.kind === 'saved' ? second.id : ''
  await pass(6_000)
  expect(applied(sent)).toHaveLength(1)
  expect(await tab.app.undo(sent)).toBe(false)
})

test('"sync now" sends at once what could still have been taken back', async () => {
  const tab = await opened()
  const args = {
    id: newId(),
    followup_id: id('first'),
    channel: 'call' as const,
    outcome: 'reached' as const,
    content: {},
  }
  const answer = await tab.app.mutate('followup.attempt', args, { hold_ms: 60_000 })
  const held = answer.kind === 'saved' ? answer.id : ''
  const said = tab.app.sync.syncNow()
  await pass(1_000)
  expect(await said).toEqual({ kind: 'all_sent' })
  expect(applied(held)).toHaveLength(1)
  expect(await tab.app.undo(held)).toBe(false)
})

test('a store that comes up empty says how much is missing', async () => {
  const tab = await opened()
  browser.online = false
  await attempt(tab)
  await pass()
  browser.vault = new MemoryVault()
  browser.online = true
  const again = await reopened(tab)
  await signIn(again)
  expect(again.app.session.missing).toBe(1)
})

test('data that differs from the server heals by itself, but not again and again', async () => {
  const tab = await opened()
  expect(await tab.app.sync.verify()).toEqual({ kind: 'equal' })
  server.change(['customer', id('zhao'), customer('zhao', '赵敏')])
  await tab.app.sync.syncNow()
  const lose = (version: number) => {
    for (const row of server.state.rows.values()) if (row.table === 'followup') row.version = version
  }
  lose(2)
  await pass(60_000)
  expect(await tab.app.sync.verify()).toEqual({ kind: 'healed', tables: ['followup'] })
  lose(1)
  expect(await tab.app.sync.verify()).toEqual({ kind: 'later', tables: ['followup'] })
  await pass(2 * 60 * 60_000)
  expect(await tab.app.sync.verify()).toEqual({ kind: 'healed', tables: ['followup'] })
  expect(await tab.app.sync.verify()).toEqual({ kind: 'equal' })
})

test('another tab sees what was entered, and its questions are answered by the one that leads', async () => {
  const first = await opened()
  const second = await browser.open()
  await pass()
  expect([first.app.sync.leader, second.app.sync.leader]).toEqual([true, false])
  browser.online = false
  await attempt(second)
  await pass()
  expect(first.app.records.get('followup', id('first'))?.status).toBe('done')
  browser.online = true
  const answer = second.app.sync.syncNow()
  await pass(100)
  expect(await answer).toEqual({ kind: 'all_sent' })
  expect(second.app.sync.pendingCount).toBe(0)
})

test('a tab takes over from one that was closed, or is frozen', async () => {
  const first = await opened()
  const second = await browser.open()
  const third = await browser.open()
  await pass()
  browser.close(first)
  await pass()
  expect(second.app.sync.leader).toBe(true)
  second.frozen = true
  const saved = await attempt(third)
  await pass(5_000)
  expect(third.app.sync.leader).toBe(true)
  expect(applied(saved)).toHaveLength(1)
})

test('a tab that slept through changes catches up when it comes to the front', async () => {
  const first = await opened()
  const second = await browser.open()
  await pass()
  second.frozen = true
  server.change(['customer', id('zhao'), customer('zhao', '赵敏')])
  await first.app.sync.syncNow()
  server.change(['customer', id('qian'), customer('qian', '钱进')])
  await first.app.sync.syncNow()
  second.frozen = false
  second.happen('front')
  await pass()
  expect(second.app.records.all('customer')).toHaveLength(4)
})

test('signing out in one tab signs out the others', async () => {
  const first = await opened()
  const second = await browser.open()
  await pass()
  await first.app.session.signOut()
  await pass()
  expect(second.app.session.person).toBeNull()
})

test('a phone whose numbers were used otherwise registers anew and loses nothing', async () => {
  const tab = await opened()
  browser.online = false
  const saved = await attempt(tab)
  for (const [device, { staff }] of server.state.devices) {
    const stranger = { id: newId(), name: 'x', staff, device, seq: 1, status: 'applied' as const, error: null }
    server.state.log.push(stranger)
    server.device(device).last_seq = 1
  }
  browser.online = true
  await tab.app.sync.syncNow()
  expect(tab.app.sync.phase).toBe('needs_sign_in')
  const before = tab.app.session.person?.device_id
  await signIn(tab)
  expect(tab.app.session.person?.device_id).not.toBe(before)
  expect(applied(saved)).toHaveLength(1)
})

test('a restored server gets the work of today back', async () => {
  const tab = await opened()
  const backup = server.backup()
  const saved = await attempt(tab)
  await pass()
  server.restore(backup)
  await tab.app.sync.syncNow()
  expect(tab.app.records.get('followup', id('first'))?.status).toBe('done')
  await signIn(tab)
  expect(applied(saved)).toHaveLength(1)
  expect(tab.app.records.get('followup', id('first'))?.attempts).toBe(1)
})

test('after a restore, work on what another phone must bring back first is shown as waiting, then done', async () => {
  const backup = server.backup()
  const one = await opened(lead)
  const created = newId()
  await one.app.mutate('customer.create', { id: created, name: '孙晓', phones: [] })
  await pass()
  const elsewhere = new Browser(server.transport)
  const other = await elsewhere.open()
  await signIn(other)
  await other.app.mutate('customer.update', { id: created, set: { source: '官网' }, seen: { source: null } })
  await pass()
  server.restore(backup)

  await other.app.sync.syncNow()
  await signIn(other)
  expect(other.app.sync.waiting).toMatchObject([{ name: 'customer.update', state: 'parked' }])
  expect(other.app.sync.rejected).toEqual([])
  expect(other.app.sync.pendingCount).toBe(0)

  await one.app.sync.syncNow()
  await signIn(one, lead)
  await other.app.sync.syncNow()
  expect(other.app.sync.waiting).toEqual([])
  expect(other.app.records.get('customer', created)?.source).toBe('官网')
})

test('what is entered while a round is under way goes out right after it', async () => {
  const tab = await opened()
  const { transport } = server
  let entered: Promise<Id> | null = null
  browser.transport = async (request) => {
    if (request.path === '/api/sync/pull') entered ??= attempt(tab)
    return transport(request)
  }
  await tab.app.sync.syncNow()
  await pass()
  expect(applied((await entered) ?? '')).toHaveLength(1)
})

test('roles that were changed since the sign-in count', async () => {
  const tab = await opened()
  const staff = rows().staff?.find((person) => person.login === caller)
  if (staff) server.change(['staff', staff.id, { ...staff, roles: ['front_desk'] }])
  await tab.app.sync.syncNow()
  expect(tab.app.session.person?.roles).toEqual(['front_desk'])
  const answer = await tab.app.mutate('followup.reschedule', {
    id: id('first'),
    planned_at: '2026-11-22T12:00:00.000Z',
    reason: '',
  })
  expect(answer).toMatchObject({ kind: 'refused', refusal: { code: 'forbidden' } })
})

test('erasing a device signs out its other tabs', async () => {
  const first = await opened()
  const second = await browser.open()
  await pass()
  for (const device of server.state.devices.values()) device.revoked = 'wipe'
  await first.app.sync.syncNow()
  await pass()
  expect(second.app.session.person).toBeNull()
  expect(second.app.records.all('customer')).toEqual([])
})

test('a form in the making survives the end of the app, for its own person and for a week', async () => {
  const tab = await opened()
  await tab.app.drafts.keep('record:1', { note: '有点肿' })
  expect(await tab.app.drafts.find('record:1')).toEqual({ note: '有点肿' })
  const next = await reopened(tab)
  expect(await next.app.drafts.find('record:1')).toEqual({ note: '有点肿' })
  expect(await next.app.drafts.find('record:2')).toBeUndefined()
  vi.setSystemTime(Date.now() + 7 * 24 * 60 * 60_000)
  expect(await next.app.drafts.find('record:1')).toBeUndefined()
})

test('what has been saved is a draft no more', async () => {
  const tab = await opened()
  await tab.app.drafts.keep('record:1', { note: '有点肿' })
  await tab.app.drafts.drop('record:1')
  expect(await tab.app.drafts.find('record:1')).toBeUndefined()
})

test('a tab that takes over shows what the one before wrote and had no time to tell', async () => {
  const tab = await opened()
  const other = await browser.open()
  await pass()
  tab.frozen = true
  server.change(['customer', id('wang'), { ...customer('wang', '王小美') }])
  tab.poke(server.state.version)
  await pass()
  expect(tab.app.records.get('customer', id('wang'))?.name).toBe('王小美')
  expect(other.app.records.get('customer', id('wang'))?.name).toBe('王小梅')
  browser.close(tab)
  await pass()
  expect(other.app.records.get('customer', id('wang'))?.name).toBe('王小美')
})
