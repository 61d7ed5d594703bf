import { expect, test } from 'vitest'
import { vipStep } from '../../../tests/domain/rows'
import type { VipCaseBrief, VipStep } from '../documents'
import { boardOf, fits } from './board'
import { errandsOf, handoverOf } from './errands'
import { byStage, gatesBefore, inOrder, nextOf, ordersOf } from './timeline'

const row = { created_at: '2026-11-20T02:00:00.000Z', updated_at: '', updated_by: null }
const now = Date.parse('2026-11-24T01:00:00.000Z')
const at = new Date(now).toISOString()
const timezone = 'Asia/Shanghai'
const service = { id: 'service', roles: ['customer_service'] as const }

function vip(id: string, changes: Partial<VipCaseBrief> = {}): VipCaseBrief {
  return {
    ...row,
    id,
    customer_id: 'wang',
    partner_id: 'salon',
    status: 'confirmed',
    arrival_at: '2026-11-24T02:30:00.000Z',
    party_size: 2,
    transport: {},
    stage: 'arrangements',
    team: {},
    opened_by: null,
    template_version: 1,
    ...changes,
  }
}

/** "code@case"; the position is the place in the list that it is given in. */
function step(name: string, changes: Partial<VipStep> = {}): VipStep {
  const [code = '', case_id = 'a'] = name.split('@')
  return vipStep(case_id, code, { id: name, ...changes })
}

const journey = (...steps: VipStep[]): VipStep[] => steps.map((one, position) => ({ ...one, position }))
const codes = (steps: { code: string }[]) => steps.map(({ code }) => code)

const early = '2026-11-23T02:30:00.000Z'
const soon = '2026-11-24T01:30:00.000Z'
const arrival = '2026-11-24T02:30:00.000Z'

test('steps stand by their time, and one without a time follows the last before it that has one', () => {
  const order = inOrder(
    journey(
      step('write_plans'),
      step('meeting', { due_at: early }),
      step('answer'),
      step('lights', { due_at: soon }),
      step('greeting', { due_at: arrival }),
      step('tour'),
      step('room', { due_at: soon }),
    ),
  )
  expect(codes(order.map(({ step }) => step))).toEqual([
    'write_plans',
    'meeting',
    'answer',
    'lights',
    'room',
    'greeting',
    'tour',
  ])
  expect(order.map(({ from }) => from)).toEqual([null, early, early, soon, soon, arrival, arrival])
})

test('what is late comes next, else the first mandatory step', () => {
  const steps = journey(step('visit', { mandatory: false }), step('bookings'), step('party', { due_at: early }))
  expect(nextOf(inOrder(steps), at)?.code).toBe('party')
  expect(nextOf(inOrder(steps.slice(0, 2)), at)?.code).toBe('bookings')
  expect(nextOf(inOrder(steps.slice(0, 1)), at)?.code).toBe('visit')
  expect(nextOf([], at)).toBeUndefined()
})

test('a stage counts its mandatory steps that are done or skipped', () => {
  const [plan, arrangements] = byStage(
    inOrder(
      journey(
        step('write_plans', { stage: 'plan' }),
        step('bookings', { state: 'done' }),
        step('flowers', { state: 'skipped' }),
        step('in_place'),
        step('extra', { mandatory: false, state: 'done' }),
      ),
    ),
  )
  expect(plan).toMatchObject({ stage: 'plan', done: 0, total: 1 })
  expect(arrangements).toMatchObject({ stage: 'arrangements', done: 2, total: 3 })
})

test('a gate that is not met is named in its stage and in those after it', () => {
  const steps = journey(
    step('confirmation', { stage: 'screening', gate: 'confirmation', state: 'done' }),
    step('answer', { stage: 'plan', gate: 'plan' }),
    step('payment', { stage: 'consultation', gate: 'payment' }),
    step('room', { stage: 'ward' }),
  )
  expect(codes(gatesBefore(steps, 'screening'))).toEqual([])
  expect(codes(gatesBefore(steps, 'plan'))).toEqual(['answer'])
  expect(codes(gatesBefore(steps, 'ward'))).toEqual(['answer', 'payment'])
})

test('the board has running cases by arrival, those without one last', () => {
  const cases = [
    vip('unknown', { arrival_at: null }),
    vip('tomorrow', { arrival_at: '2026-11-25T02:00:00.000Z' }),
    vip('today'),
    vip('over', { status: 'closed' }),
    vip('not one', { status: 'declined' }),
    vip('asked', { status: 'screening', arrival_at: '2026-12-01T02:00:00.000Z' }),
  ]
  const board = boardOf(cases, ordersOf([]), { now, timezone, person: service })
  expect(board.map(({ vip }) => vip.id)).toEqual(['today', 'tomorrow', 'asked', 'unknown'])
})

test('a row says how far the stage is, what is next, and how much is late or unclear', () => {
  const steps = journey(
    step('party', { state: 'done', due_at: early }),
    step('bookings', { due_at: early }),
    step('welcome', { due_at: soon, contested: { state: 'blocked', by: 'nurse', at } }),
    step('greeting', { stage: 'arrival', due_at: arrival }),
    step('party@b', { due_at: early }),
  )
  const [shown] = boardOf([vip('a')], ordersOf(steps), { now, timezone, person: service })
  expect(shown).toMatchObject({ done: 1, total: 3, next: { code: 'bookings' }, late: 1, unclear: 1 })
})

test('mine, today and late choose among the rows', () => {
  const steps = journey(
    step('party@mine', { due_at: '2026-11-29T02:00:00.000Z' }),
    step('party@hers', { assignee_id: 'colleague', due_at: early }),
    step('party@team', { owner_role: 'nurse', due_at: soon }),
  )
  const later = '2026-12-02T02:00:00.000Z'
  const cases = [
    vip('mine', { arrival_at: later }),
    vip('hers', { arrival_at: later }),
    vip('team', { arrival_at: later, team: { consultant: 'service' } }),
    vip('done', { arrival_at: arrival }),
  ]
  const board = boardOf(cases, ordersOf(steps), { now, timezone, person: service })
  const chosen = (filter: Parameters<typeof fits>[1]) =>
    board.filter((one) => fits(one, filter)).map(({ vip }) => vip.id)
  expect(chosen('all')).toHaveLength(4)
  expect(chosen('mine').sort()).toEqual(['mine', 'team'])
  expect(chosen('today').sort()).toEqual(['done', 'team'])
  expect(chosen('late')).toEqual(['hers'])
})

test('my next steps: late ones, what can be done now, today, later; nobody else’s, and none of a case not confirmed', () => {
  const steps = journey(
    step('assign', { stage: 'plan' }),
    step('write_plans', { stage: 'plan' }),
    step('party', { due_at: early }),
    step('welcome', { due_at: soon }),
    step('greeting', { stage: 'arrival', due_at: arrival }),
    step('tour', { stage: 'arrival' }),
    step('thanks', { stage: 'farewell', due_at: '2026-11-26T02:30:00.000Z' }),
    step('lights', { owner_role: 'admin_office', due_at: soon }),
    step('over', { state: 'done' }),
    step('confirmation@asked'),
  )
  const cases = [vip('a'), vip('asked', { status: 'reviewed' })]
  const { late, now: present, today, later } = errandsOf(cases, ordersOf(steps), { now, timezone, person: service })
  const named = (errands: { step: VipStep }[]) => codes(errands.map(({ step }) => step))
  expect(named(late)).toEqual(['party'])
  expect(named(present)).toEqual(['assign', 'welcome'])
  expect(named(today)).toEqual(['greeting'])
  expect(named(later)).toEqual(['write_plans', 'tour', 'thanks'])
})

test('what is handed over: of each case the open steps that are mine, the next arrival first', () => {
  const steps = journey(
    step('greeting@tomorrow', { due_at: '2026-11-25T02:00:00.000Z' }),
    step('tour@a'),
    step('welcome@a', { due_at: early }),
    step('party@a', { state: 'done' }),
    step('room@a', { owner_role: 'nurse' }),
    step('room@hers', { owner_role: 'nurse' }),
  )
  const cases = [vip('tomorrow', { arrival_at: '2026-11-25T02:00:00.000Z' }), vip('a'), vip('hers')]
  const left = handoverOf(cases, ordersOf(steps), service).map(({ vip, steps }) => [vip.id, codes(steps)])
  expect(left).toEqual([
    ['a', ['tour', 'welcome']],
    ['tomorrow', ['greeting']],
  ])
})

test('a step without a time waits for its stage: until the case stands there, the one before is done, or it has begun', () => {
  const mine = (stage: string, changes: Partial<VipStep>[]) => {
    const steps = journey(...changes.map((one, n) => step(`${one.stage}-${n}`, one)))
    const errands = errandsOf([vip('a', { stage })], ordersOf(steps), { now, timezone, person: service })
    return codes(errands.now.map(({ step }) => step))
  }
  const plan = { stage: 'plan' } as const
  const tour = { stage: 'arrival' } as const
  const design = { stage: 'consultation' } as const
  expect(mine('plan', [plan, tour, design])).toEqual(['plan-0'])
  expect(mine('arrival', [plan, tour, design])).toEqual(['plan-0', 'arrival-1'])
  expect(mine('plan', [plan, { ...tour, state: 'done' }, design])).toEqual(['plan-0', 'consultation-2'])
  expect(mine('plan', [plan, tour, { ...design, state: 'doing' }])).toEqual(['plan-0', 'consultation-2'])
})

test('what is optional is owed until its stage is complete', () => {
  const floors = step('floors', { stage: 'arrival', mandatory: false })
  const left = (tour: Partial<VipStep>) => {
    const orders = ordersOf(journey(step('tour', { stage: 'arrival', ...tour }), floors))
    return handoverOf([vip('a')], orders, service).flatMap(({ steps }) => codes(steps))
  }
  expect(left({})).toEqual(['tour', 'floors'])
  expect(left({ state: 'done' })).toEqual([])
})
