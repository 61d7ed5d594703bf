import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { VipState } from '../../../src/domain/documents'
import type { Mutations } from '../../../src/domain/mutations'
import type { Entry } from '../../../src/vault'
import { entry } from '../../vault/entries'
import { CASE, phone, steps } from './scene'

const hour = (of: number) => new Date(Date.UTC(2026, 10, 30, of)).toISOString()
const numbered = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`

const states = fc.constantFrom<VipState>('todo', 'doing', 'done', 'skipped', 'blocked')
/** Of people who share few moments and may have seen anything. */
const at = fc.nat(3).map(hour)
const tick = fc.record({ step_id: fc.constantFrom(...steps.map(({ id }) => id)), state: states, seen_state: states })
const move = fc.record({
  arrival_at: fc.integer({ min: 1, max: 72 }).map(hour),
  party_size: fc.option(fc.integer({ min: 1, max: 9 })),
})

type Said = Pick<Entry, 'id' | 'name' | 'at'> & { args: Mutations['vip.step' | 'vip.arrival'] }
const said = fc.tuple(at, fc.oneof({ weight: 3, arbitrary: tick }, move))
const day = fc.array(said, { minLength: 2, maxLength: 7 }).map((all) =>
  all.map(([at, what], number): Said => {
    const id = numbered(number)
    return 'state' in what
      ? { id, at, name: 'vip.step', args: { id, reason: '改期', ...what } }
      : { id, at, name: 'vip.arrival', args: { case_id: CASE, ...what } }
  }),
)
const twoOrders = day.chain((all) =>
  fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length })),
)

function endOf(all: readonly Said[]) {
  const view = phone()
  for (const [number, one] of all.entries()) view.perform(number, entry(one), one.at)
  const { arrival_at, party_size, stage, moves } = view.get('vip_case', CASE) ?? {}
  const after = steps.map(({ id }) => ({ ...view.get('vip_step', id), updated_at: null, updated_by: null }))
  return { case: { arrival_at, party_size, stage, moves }, steps: after }
}

test('in whatever order phones come back, a case ends in one state and every event is kept', () => {
  fc.assert(
    fc.property(twoOrders, ([one, other]) => {
      const end = endOf(one)
      expect(endOf(other)).toEqual(end)
      const events = end.steps.flatMap(({ history = [] }) => history.map(({ id }) => id))
      expect(events.sort()).toEqual(one.filter(({ name }) => name === 'vip.step').map(({ id }) => id))
    }),
    { numRuns: 150 },
  )
})
