import { describe, expect, test } from 'vitest'
import type { Role, VipCaseBrief, VipPlan, VipStatus } from '../documents'
import { asksOf } from './asks'

const team = { channel_dev: 'dev', consultant: 'consultant', doctor: 'doctor' }
const vip = (status: VipStatus, changes: Partial<VipCaseBrief> = {}) =>
  ({ status, team, opened_by: 'dev', ...changes }) as VipCaseBrief
const plan = (status: VipPlan['status'], answers: unknown[] = []) => ({ status, answers }) as VipPlan

/** What is asked of everybody who is asked something, "who: what". */
function asked(of: VipCaseBrief, plans: VipPlan[] = []): string {
  const people: [string, Role][] = [
    ['dev', 'channel_dev'],
    ['office', 'admin_office'],
    ['service', 'customer_service'],
    ['consultant', 'consultant'],
    ['doctor', 'doctor'],
    ['salon', 'partner_consultant'],
    ['nurse', 'nurse'],
  ]
  const asks = people.map(([id, role]) => [id, asksOf(of, plans, { id, roles: [role] }).join(' ')])
  return asks.flatMap(([id, what]) => (what ? `${id}: ${what}` : [])).join(', ')
}

describe('a case asks', () => {
  test.each<[string, VipCaseBrief, VipPlan[], string]>([
    ['administration to review what was sent', vip('screening'), [], 'office: review'],
    ['whoever opened it to put right what was returned', vip('returned'), [], 'dev: put_right'],
    ['customer service to confirm what was approved', vip('reviewed'), [], 'service: confirm'],
    ['the named consultant to write plans', vip('confirmed'), [], 'consultant: write'],
    ['nobody to write plans as long as nobody is named', vip('confirmed', { team: {} }), [], ''],
    ['the surgeon to approve what is written', vip('confirmed'), [plan('draft')], 'doctor: approve'],
    [
      'customer service to release what is approved, while the surgeon looks at the rest',
      vip('confirmed'),
      [plan('approved'), plan('draft')],
      'service: release, doctor: approve',
    ],
    ['the salon for its answer', vip('confirmed'), [plan('released')], 'salon: answer'],
    ['nothing of the salon once it has answered', vip('confirmed'), [plan('released', [{}])], ''],
    ['nothing once a plan is accepted', vip('confirmed'), [plan('accepted'), plan('released')], ''],
    ['nothing once it is over', vip('closed'), [plan('draft')], ''],
  ])('%s', (_, of, plans, who) => {
    expect(asked(of, plans)).toBe(who)
  })

  test('only the one named, where somebody is named', () => {
    const named = vip('reviewed', { team: { ...team, customer_service: 'service' } })
    expect(asksOf(named, [], { id: 'other', roles: ['customer_service'] })).toEqual([])
    expect(asksOf(named, [], { id: 'service', roles: ['customer_service'] })).toEqual(['confirm'])
  })
})
