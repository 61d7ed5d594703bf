import { expect, test } from 'vitest'
import type { VipPlan } from '../documents'
import { nameOfProcedure, sideBySide } from './plans'

const plan = (label: VipPlan['label'], status: VipPlan['status']) => ({ label, status }) as VipPlan
const shown = (...plans: VipPlan[]) =>
  sideBySide(plans)
    .map(({ label, plan }) => `${label} ${plan?.status ?? '-'}`)
    .join(', ')

test('three plans stand side by side, the unwritten ones as places', () => {
  expect(shown()).toBe('A -, B -, C -')
  expect(shown(plan('B', 'draft'))).toBe('A -, B draft, C -')
})

test('a declined plan can be followed by another of its kind', () => {
  expect(shown(plan('A', 'declined'), plan('B', 'released'), plan('C', 'released'))).toBe(
    'A declined, A -, B released, C released',
  )
})

test('once a plan is accepted no other is to be written', () => {
  expect(shown(plan('A', 'declined'), plan('B', 'accepted'))).toBe('A declined, B accepted')
})

test('a procedure is its text or its name', () => {
  expect([nameOfProcedure('线雕'), nameOfProcedure({ name: '玻尿酸', ml: 2 })]).toEqual(['线雕', '玻尿酸'])
})
