import { expect, test } from 'vitest'
import type { VipCase, VipScreening } from '../../../src/domain/documents'
import { entriesOf } from '../../../src/domain/vip/screening'
import { entry } from '../../vault/entries'
import { CASE, ofTheTeam, phone } from './scene'

test('of a form that was put right, what it no longer says is gone', () => {
  const [vip] = ofTheTeam.vip_case as [VipCase]
  const before = { id: CASE, case_id: CASE, customer_id: 'c', decisions: [], wishes: '年轻', budget: 1 }
  const returned = { vip_case: [{ ...vip, status: 'returned' as const }], vip_screening: [before as never] }
  const mine = phone(['channel_dev'], returned)
  const args = { case_id: CASE, screening: { wishes: '自然' } }
  mine.perform(1, entry({ name: 'vip.resubmit', args }), '2026-11-22T02:00:00.000Z')
  const { budget, ...said } = entriesOf(mine.get('vip_screening', CASE) as VipScreening)
  expect([budget, said]).toEqual([undefined, { wishes: '自然' }])
})
