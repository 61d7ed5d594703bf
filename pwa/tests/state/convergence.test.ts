import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Id, Outcome, VipEvent } from '../../src/domain/documents'
import { derivedId, newId } from '../../src/domain/ids'
import { surnameOf } from '../../src/domain/names'
import { CallError } from '../../src/net'
import { refused, unsent } from '../../src/state/queue'
import type { Replica } from '../../src/state/replica'
import { StorageError } from '../../src/vault'
import { ofTheTeam, steps } from '../domain/vip/scene'
import { brief, customer, id, people, rows } from './clinic'
import { FakeServer } from './fake-server'
import { type Fault, faults, Killed, Phone } from './phone'

/** Without a wish the same histories every time; `make soak` wishes for many more, with a seed that fast-check draws. */
const RUNS = process.env.SOAK
  ? {
      numRuns: Math.ceil(10_000 * Number(process.env.SOAK)),
      ...(process.env.SEED && { seed: Number(process.env.SEED) }),
    }
  : { numRuns: 150, seed: Number(process.env.SEED ?? 20261122) }
const START = Date.parse('2026-11-22T04:00:00.000Z')

const followups = ['first', 'second', 'third']
const outcomes: Outcome[] = ['reached', 'no_answer', 'asked_callback', 'wrong_number', 'refused']

const work = fc.oneof(
  fc.record({ do: fc.constant('create' as const) }),
  fc.record({
    do: fc.constant('attempt' as const),
    followup: fc.constantFrom(...followups),
    outcome: fc.constantFrom(...outcomes),
  }),
  fc.record({
    do: fc.constant('rename' as const),
    customer: fc.constantFrom('wang', 'li', 'newest'),
    name: fc.constantFrom('张丽', '陈静', '司马兰'),
  }),
  fc.record({ do: fc.constant('clear' as const) }),
  fc.record({
    do: fc.constant('step' as const),
    step: fc.constantFrom(...steps.map((step) => step.id)),
    state: fc.constantFrom('doing' as const, 'done' as const, 'blocked' as const),
  }),
  fc.record({ do: fc.constant('hold' as const), takeBack: fc.boolean() }),
)

type Work = typeof work extends fc.Arbitrary<infer W> ? W : never

const event = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('work' as const), phone: fc.nat(1), tab: fc.nat(1), work }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('sync' as const), phone: fc.nat(1), tab: fc.nat(1) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('kill' as const), phone: fc.nat(1) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('colleague' as const), what: fc.constantFrom('rename', 'hide', 'add') }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reset' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('back up' as const, 'restore' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom('back up phone' as const, 'restore phone' as const), phone: fc.nat(1) }),
  },
)
type Event = typeof event extends fc.Arbitrary<infer E> ? E : never

const luck = fc.array(fc.oneof({ weight: 5, arbitrary: fc.constant('none' as Fault) }, fc.constantFrom(...faults)), {
  minLength: 1,
  maxLength: 40,
})

class World {
  #now = START
  readonly clock = () => this.#now
  readonly server = new FakeServer(people, { ...rows(), ...ofTheTeam }, this.clock)
  readonly phones = people.map((person, index) => new Phone(person, this.server, this.clock, 2 - index))
  #backup = this.server.backup()
  #phoneBackups = new Map<Phone, string>()
  #added = 0
  readonly #stepped = new Set<Id>()

  constructor(luck: Fault[]) {
    this.server.pageRows = 4
    let rolls = 0
    for (const phone of this.phones) {
      phone.fault = () => {
        rolls += 1
        return luck[rolls % luck.length] ?? 'none'
      }
    }
    // Colleagues do not wait for a pull to end.
    this.server.beforePull = () => {
      if (rolls % 3 === 0) this.#colleague('rename')
    }
  }

  async happen(event: Event): Promise<void> {
    this.#now += 60_000
    const phone = this.phones['phone' in event ? event.phone : 0] as Phone
    try {
      await phone.open()
      if (event.do === 'work') await this.#work(phone, event.tab, event.work)
      else if (event.do === 'sync') await phone.sync(event.tab)
      else if (event.do === 'kill') phone.kill()
      else if (event.do === 'colleague') this.#colleague(event.what)
      else if (event.do === 'reset') this.server.state.epoch += 1
      else if (event.do === 'back up') this.#backup = this.server.backup()
      else if (event.do === 'restore') this.server.restore(this.#backup)
      else if (event.do === 'back up phone') this.#phoneBackups.set(phone, await phone.backup())
      else await this.#restorePhone(phone)
    } catch (error) {
      if (error instanceof Killed) phone.kill()
      else if (!(error instanceof CallError || error instanceof StorageError)) throw error
    }
  }

  /** No more faults; everybody syncs until there is nothing left to say. */
  async quiet(): Promise<void> {
    this.server.beforePull = () => {}
    for (const phone of this.phones) phone.fault = () => 'none'
    for (let round = 0; round < 8; round += 1) {
      this.#now += 60_000
      for (const phone of this.phones) {
        await phone.open()
        await phone.sync(round)
      }
    }
  }

  async #restorePhone(phone: Phone): Promise<void> {
    const backup = this.#phoneBackups.get(phone)
    if (!backup) return
    await phone.restore(backup)
    // What only the lost store still had cannot come back any more.
    this.#backup = this.server.backup()
  }

  async #work(phone: Phone, tab: number, work: Work): Promise<void> {
    switch (work.do) {
      case 'create':
        await phone.mutate(tab, 'customer.create', { id: newId(), name: '孙晓', phones: [] })
        return
      case 'attempt': {
        const { outcome } = work
        const callback_at = new Date(this.#now + 3_600_000).toISOString()
        const args = {
          id: newId(),
          followup_id: id(work.followup),
          channel: 'call' as const,
          outcome,
          content: {},
          callback_at,
        }
        await phone.mutate(tab, 'followup.attempt', args)
        return
      }
      case 'rename': {
        const { view } = phone.tab(tab)
        const newest = view.all('customer').sort((one, other) => (one.id < other.id ? 1 : -1))[0]
        const before = work.customer === 'newest' ? newest : view.get('customer', id(work.customer))
        if (!before) return
        await phone.mutate(tab, 'customer.update', {
          id: before.id,
          set: { name: work.name },
          seen: { name: before.name },
        })
        return
      }
      case 'clear':
        await phone.mutate(tab, 'alert.clear', { id: id('alert'), reason: '皮试阴性' })
        return
      case 'step': {
        const { step, state } = work
        const seen_state = phone.tab(tab).view.get('vip_step', step)?.state ?? 'todo'
        const args = { id: newId(), step_id: step, state, seen_state, reason: '改期' }
        const saved = await phone.mutate(tab, 'vip.step', args)
        if (saved) this.#stepped.add(saved)
        return
      }
      case 'hold': {
        const held = await phone.mutate(tab, 'customer.create', { id: newId(), name: '孙晓', phones: [] }, 90_000)
        if (!held || !work.takeBack) return
        // Killed meanwhile, it may be there or not.
        phone.saved = phone.saved.filter((saved) => saved !== held)
        if (await phone.tab(tab).takeBack(held)) phone.takenBack.push(held)
        else phone.saved.push(held)
      }
    }
  }

  #colleague(what: string): void {
    this.#added += 1
    const name = `赵${this.#added}`
    const key = what === 'add' ? `added-${this.#added}` : 'wang'
    if (what === 'hide') this.server.hide(id('li'))
    else {
      this.server.change(['customer', id(key), customer(key, name)], ['customer_brief', id(key), brief(key, '赵')])
    }
  }

  /** What must hold at any moment on any phone. */
  check(): void {
    for (const phone of this.phones)
      for (const { view, facts } of phone.tabs) {
        const known = view.get('customer', id('wang'))
        if (facts.first_sync_complete) expect(known, 'nobody is missing for a moment').toBeDefined()
        for (const { id, surname } of view.all('customer_brief')) {
          const profile = view.get('customer', id)
          if (profile) expect(surname, 'profile and brief come together').toBe(surnameOf(profile.name))
        }
        for (const followup of view.all('followup')) {
          const attempts = view.by('attempt', 'followup_id', followup.id).length
          expect(attempts, 'an attempt and its count come together').toBe(followup.attempts)
        }
      }
  }

  /** It can be read on the phone until somebody deals with it, and its reason holds. */
  #checkRefused(phone: Phone, saved: Id): void {
    for (const { journal, outbox } of phone.tabs) {
      const entry = refused(outbox, journal).find((each) => each.id === saved)
      expect(entry, 'what was refused is shown').toBeDefined()
      const missing = entry?.error?.code === 'not_found' && entry.name === 'customer.update'
      const row = this.server.state.rows.get(`customer/${entry?.args.id}`)
      if (missing) expect(row, 'work on what came back later waits for it').toBeUndefined()
    }
  }

  checkEnd(): void {
    const held = [...this.server.state.rows.values()].map(({ document }) => document as { history?: VipEvent[] } | null)
    const events = held.flatMap((document) => document?.history?.map(({ mutation_id }) => mutation_id) ?? [])
    for (const phone of this.phones) {
      const { log, parked } = this.server.state
      const isParked = (saved: Id) => parked.some(({ mutation }) => mutation.id === saved)
      for (const saved of phone.saved) {
        const answers = log.filter((each) => each.id === saved)
        expect(answers.length > 0, 'everything saved has reached the server').toBe(true)
        const performed = answers.filter(
          ({ status, seq }, index) => status === 'applied' && (seq === -1 || index === 0),
        )
        expect(performed.length, 'and is applied once at most').toBeLessThanOrEqual(1)
        if (answers.every(({ status }) => status === 'rejected')) this.#checkRefused(phone, saved)
        if (this.#stepped.has(saved))
          expect(
            events.filter((one) => one === saved),
            'no event is lost',
          ).toHaveLength(1)
      }
      for (const takenBack of phone.takenBack) expect(log.some((each) => each.id === takenBack)).toBe(false)
      for (const tab of phone.tabs) {
        expect(unsent(tab.outbox), 'nothing is left to send').toEqual([])
        const waiting = [...tab.outbox.values()].filter((entry) => !isParked(entry.id))
        expect(waiting, 'nor to hear of').toEqual([])
        if (tab.outbox.size === 0) expect(shown(tab)).toEqual(this.server.visibleTo(phone.person.id))
      }
    }
  }
}

function shown({ view, base }: Replica): Map<string, unknown> {
  const tables = new Set([...base.rows()].map(([table]) => table))
  return new Map(
    [...tables].flatMap((table) => view.all(table).map((document) => [`${table}/${document.id}`, document] as const)),
  )
}

test('whatever happens, phones and server agree afterwards and no saved work is lost', {
  timeout: 3_600_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 30 }), luck, async (events, luck) => {
      const world = new World(luck)
      for (const event of events) {
        await world.happen(event)
        world.check()
      }
      await world.quiet()
      world.check()
      world.checkEnd()
    }),
    RUNS,
  )
})

test('derived ids agree with the server', () => {
  expect(derivedId('00000000-0000-4000-8000-00000000c11c', 'cs_2h')).toBe('6f42c454-478e-5000-9f49-d01a082b7472')
})
