import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Id } from '../../src/domain/documents'
import { newId } from '../../src/domain/ids'
import { type Upload, unreachable } from '../../src/net'
import { storeOf } from '../../src/state/roster'
import { Browser, signedInWithoutComparisons, type Tab } from './browser'
import { people, rows } from './clinic'
import { FakeServer } from './fake-server'
import { jpeg, onFile, taking, UploadDesk } from './pictures'

const RUNS = process.env.SOAK
  ? {
      numRuns: Math.ceil(3_000 * Number(process.env.SOAK)),
      ...(process.env.SEED && { seed: Number(process.env.SEED) }),
    }
  : { numRuns: 60, seed: Number(process.env.SEED ?? 20261122) }
const nurse = people[1] as (typeof people)[number]
const DAY_MS = 24 * 60 * 60 * 1000

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const event = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('take' as const), tab: fc.nat(1) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('network' as const), online: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('close' as const), tab: fc.nat(1) }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(0, 500, 5_000, 120_000) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('days' as const), days: fc.constantFrom(1, 8) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('fill' as const), room: fc.constantFrom(1, 3, 100) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('full' as const), full: fc.boolean() }) },
)
type Event = typeof event extends fc.Arbitrary<infer E> ? E : never
/** What becomes of each try to send a picture. */
const luck = fc.array(fc.constantFrom('none', 'drop', 'lose answer', 'busy', 'damaged'), { maxLength: 20 })
type Luck = typeof luck extends fc.Arbitrary<infer L> ? L : never

class World {
  readonly server = new FakeServer(people, { ...rows(), ...onFile() }, () => Date.now())
  readonly desk = new UploadDesk(this.server)
  readonly browser = new Browser(this.server.transport)
  /** What was said to be saved. */
  readonly saved = new Map<Id, Uint8Array>()
  #tabs: Tab[] = []
  #seed = 0

  constructor(private readonly luck: Luck) {
    this.browser.upload = this.#upload
  }

  async begin(): Promise<void> {
    const [tab] = await this.#open(1)
    await signedInWithoutComparisons(tab as Tab, nurse.login)
    await this.#pass(0)
  }

  async happen(event: Event): Promise<void> {
    if (event.do === 'take') await this.#take(event.tab)
    else if (event.do === 'pass') await this.#pass(event.ms)
    else if (event.do === 'fill') this.browser.room = event.room
    else if (event.do === 'full') this.browser.full = event.full
    else if (event.do === 'network') {
      this.browser.online = event.online
      for (const tab of this.#tabs) tab.happen(event.online ? 'online' : 'offline')
    } else if (event.do === 'days') {
      vi.setSystemTime(Date.now() + event.days * DAY_MS)
      await this.#pass(120_000)
    } else {
      const [closed] = this.#tabs.splice(event.tab % Math.max(1, this.#tabs.length), 1)
      if (closed) this.browser.close(closed)
    }
  }

  /** Every picture is on the phone, or the clinic keeps it and says so. */
  async check(): Promise<void> {
    const storage = await this.browser.vault.open(storeOf(nurse.id))
    const { originals } = await storage.read({ originals: 'all' })
    for (const [photo, picture] of this.saved) {
      const here = originals.get(photo)
      if (here) expect(new Uint8Array(here)).toEqual(picture)
      else expect(this.#keptByClinic(photo), 'what has left the phone is with the clinic').toEqual(picture)
    }
  }

  async quiet(): Promise<void> {
    this.luck.length = 0
    Object.assign(this.browser, { online: true, full: false })
    const [tab] = await this.#open(1)
    tab?.happen('online')
    for (let minutes = 0; minutes < 15; minutes += 1) await this.#pass(60_000)
    // Those that were damaged on the way again and again: their person has looked.
    for (const { photo_id } of tab?.app.pictures.refused ?? []) await tab?.app.pictures.tryAgain(photo_id)
    await this.#pass(60_000)
    for (const [photo, picture] of this.saved) {
      expect(this.#keptByClinic(photo)).toEqual(picture)
      expect(tab?.app.pictures.stateOf(photo)).toEqual({ kind: 'kept' })
    }
    expect(tab?.app.pictures.waiting).toEqual({ count: 0, bytes: 0 })
    expect(await tab?.app.sync.syncNow()).toEqual({ kind: 'all_sent' })
    for (const each of this.browser.tabs) expect(each.faults).toEqual([])
  }

  #keptByClinic(photo: Id): Uint8Array | undefined {
    const row = this.server.state.rows.get(`photo/${photo}`)?.document
    return row && 'stored' in row && row.stored ? this.desk.kept.get(photo) : undefined
  }

  async #take(index: number): Promise<void> {
    const tabs = await this.#open(index + 1)
    const photo = newId()
    this.#seed += 1
    const picture = jpeg(this.#seed)
    const answer = await tabs[index]?.app.pictures.save(picture.slice().buffer, taking(photo))
    if (answer?.kind === 'saved') this.saved.set(photo, picture)
    else expect(answer).toEqual({ kind: 'not_saved', reason: 'full' })
  }

  async #open(count: number): Promise<Tab[]> {
    while (this.#tabs.length < count) this.#tabs.push(await this.browser.open())
    await this.#pass(0)
    return this.#tabs
  }

  #upload: Upload = async (sending) => {
    const luck = this.luck.shift() ?? 'none'
    if (luck === 'drop') {
      sending.begun(`/api/uploads/${sending.photo_id}`)
      sending.progress(1)
      throw unreachable()
    }
    const refusals = { busy: { refused: 503, code: 'unavailable' }, damaged: { refused: 422, code: 'sha256_mismatch' } }
    this.desk.fate = () => (luck === 'busy' || luck === 'damaged' ? refusals[luck] : null)
    const outcome = await this.desk.upload(sending)
    if (luck === 'lose answer') throw unreachable()
    return outcome
  }

  #pass(ms: number): Promise<unknown> {
    return vi.advanceTimersByTimeAsync(ms)
  }
}

test('whatever happens, a picture that was said to be saved is on the phone until the clinic keeps it', {
  timeout: 3_600_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 30 }), luck, async (events, luck) => {
      vi.setSystemTime(Date.parse('2026-11-22T04:00:00.000Z'))
      const world = new World([...luck])
      await world.begin()
      for (const event of events) {
        await world.happen(event)
        await world.check()
      }
      await world.quiet()
      await world.check()
    }),
    RUNS,
  )
})
