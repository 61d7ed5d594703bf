import { expect, test } from 'vitest'
import { entry } from '../../vault/entries'
import { ofTheSalon, phone } from './scene'

test('the salon answers a plan of which it holds the released document only', () => {
  const salon = phone(['partner_consultant'], ofTheSalon)
  const args = { id: 'plan', answer: 'accepted', note: '店主同意' }
  const at = '2026-11-22T02:00:00.000Z'
  salon.perform(1, entry({ name: 'vip.plan.answer', args }), at)
  const said = { by: 'me', at, answer: 'accepted', note: '店主同意' }
  expect(salon.get('vip_plan_released', 'plan')).toMatchObject({ status: 'accepted', answers: [said] })
  expect(salon.all('vip_plan')).toEqual([])
})
