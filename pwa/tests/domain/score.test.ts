import { expect, test } from 'vitest'
import type { Photo, ViewCode } from '../../src/domain/documents'
import { progressOf } from '../../src/domain/photosets/progress'
import { type Scored, scoreOf } from '../../src/domain/photosets/score'

const set = { region: 'face' as const, skipped: [] }
const level = (of: string) => ({ level: of, hint: null, value: {} })
const photo = (view: ViewCode, checks: Record<string, unknown>) =>
  ({ id: view, view, taken_at: '2026-11-22T04:00:00Z', supersedes: null, voided: false, checks }) as Photo

const met = (score: Scored[]) => Object.fromEntries(score.map((one) => [one.code, one.met]))
const good = { sharpness: level('green'), exposure: level('green'), balance: level('amber'), tilt: level('green') }

test('there are eight criteria, and nothing is said of a set without pictures', () => {
  const score = scoreOf(progressOf(set, []), {}, {})
  expect(score).toHaveLength(8)
  expect(new Set(score.map((one) => one.met))).toEqual(new Set(['open']))
})

test('what the phone has checked is met unless a picture fails it', () => {
  const one = photo('F', good)
  expect(met(scoreOf(progressOf(set, [one]), {}, {}))).toMatchObject({
    focus: true,
    exposure: true,
    shadow: true,
    position: true,
    framing: 'open',
  })
  const blurred = photo('LO', { ...good, sharpness: level('red') })
  const focus = scoreOf(progressOf(set, [one, blurred]), {}, {}).find(({ code }) => code === 'focus')
  expect(focus).toMatchObject({ met: false, by: 'phone' })
  expect(focus?.views.map(({ code }) => code)).toEqual(['LO'])
})

test('what was confirmed before the first picture need not be said again, but can be corrected', () => {
  const progress = progressOf(set, [photo('F', good)])
  const checklist = { backdrop: true, clothes: true, jewellery: false }
  expect(met(scoreOf(progress, checklist, {}))).toMatchObject({
    background: true,
    clothing: true,
    jewellery: 'open',
  })
  expect(met(scoreOf(progress, checklist, { clothing: false, jewellery: true }))).toMatchObject({
    clothing: false,
    jewellery: true,
  })
})

test('nobody can overrule the phone', () => {
  const score = scoreOf(progressOf(set, [photo('F', { sharpness: level('red') })]), {}, { focus: true })
  expect(met(score).focus).toBe(false)
})

test('pictures whose checks say nothing are scored by a person', () => {
  const score = scoreOf(progressOf(set, [photo('F', {})]), {}, { focus: true })
  expect(score.find(({ code }) => code === 'focus')).toMatchObject({ met: true, by: 'person' })
})
