import { expect, test } from 'vitest'
import type { Photo, PhotoSet, ViewCode } from '../../src/domain/documents'
import { missingOf, nextView, progressOf } from '../../src/domain/photosets/progress'
import { baselineFor, regionFor, timePointFor } from '../../src/domain/photosets/proposal'

const ZONE = 'Asia/Shanghai'
const at = (day: string) => Date.parse(`${day}T04:00:00Z`)

const faceSet = (skipped: PhotoSet['skipped'] = []) => ({ region: 'face' as const, skipped })
const photo = (id: string, view: ViewCode, more: Partial<Photo> = {}) =>
  ({ id, view, taken_at: `2026-11-22T04:00:0${id.length}Z`, supersedes: null, voided: false, ...more }) as Photo

test('a set begins with the first view of its region and goes on in the order of the catalogue', () => {
  expect(nextView(progressOf(faceSet(), []))).toBe('F')
  expect(nextView(progressOf(faceSet(), [photo('a', 'F')]), 'F')).toBe('LO')
})

test('a view that was passed over is offered again after the last', () => {
  const taken = (['LO', 'LL', 'RO', 'RL'] as const).map((view) => photo(view, view))
  expect(nextView(progressOf(faceSet(), taken), 'RL')).toBe('F')
})

test('optional views are never asked for', () => {
  const taken = (['F', 'LO', 'LL', 'RO', 'RL'] as const).map((view) => photo(view, view))
  const progress = progressOf(faceSet(), taken)
  expect(missingOf(progress)).toEqual([])
  expect(nextView(progress, 'RL')).toBeNull()
  expect(progress.map(({ view }) => view.code)).toContain('F-smile')
})

test('a retake counts, what it supersedes does not', () => {
  const [front] = progressOf(faceSet(), [photo('aa', 'F'), photo('a', 'F', { supersedes: 'aa' })])
  expect(front?.photo?.id).toBe('a')
})

test('when the retake is voided the picture before it counts again', () => {
  const photos = [photo('a', 'F'), photo('aa', 'F', { supersedes: 'a', voided: true })]
  expect(progressOf(faceSet(), photos)[0]?.photo?.id).toBe('a')
})

test('of two pictures taken on two phones the later counts', () => {
  expect(progressOf(faceSet(), [photo('aa', 'F'), photo('a', 'F')])[0]?.photo?.id).toBe('aa')
})

test('a skipped view is not missing, and a picture of it outweighs the skip', () => {
  const set = faceSet([{ view: 'LL', reason: '纱布' }])
  expect(missingOf(progressOf(set, []))).toEqual(['F', 'LO', 'RO', 'RL'])
  const taken = progressOf(set, [photo('a', 'LL')]).find(({ view }) => view.code === 'LL')
  expect(taken).toMatchObject({ photo: { id: 'a' }, skipped: null })
})

test.each([
  [{ category: 'injectable', name: '玻尿酸', sites: ['下巴'] }, 'face'],
  [{ category: 'surgery', name: '双眼皮', sites: [] }, 'eye'],
  [{ category: 'surgery', name: '硅胶隆鼻', sites: ['鼻'] }, 'nose'],
  [{ category: 'injectable', name: '肉毒素', sites: ['眉间', '额'] }, 'brow'],
  [{ category: 'injectable', name: '嗨体熊猫针', sites: ['颈部'] }, 'neck'],
  [{ category: 'laser_skin', name: '光子嫩肤', sites: ['全脸'] }, 'skin'],
  [{ category: 'surgery', name: '吸脂', sites: ['大腿'] }, 'thigh'],
  [{ category: 'surgery', name: 'Blepharoplasty', sites: [] }, 'eye'],
  [{ category: 'surgery', name: 'Eyebrow lift', sites: [] }, 'brow'],
] as const)('the region follows from the treatment: %j', (treatment, region) => {
  expect(regionFor({ ...treatment, sites: [...treatment.sites] })).toBe(region)
})

test.each([
  [null, '2026-11-22', 'pre'],
  ['2026-11-25', '2026-11-22', 'pre'],
  ['2026-11-22', '2026-11-22', 'immediate'],
  ['2026-11-21', '2026-11-22', 'd1'],
  ['2026-11-19', '2026-11-22', 'd3'],
  ['2026-11-15', '2026-11-22', 'd7'],
  ['2026-10-20', '2026-11-22', 'm1'],
  ['2026-08-22', '2026-11-22', 'm3'],
  ['2026-05-22', '2026-11-22', 'm6'],
  ['2025-11-22', '2026-11-22', 'm12'],
  ['2020-11-22', '2026-11-22', 'other'],
] as const)('treated %s, seen %s: %s', (performed, today, point) => {
  expect(timePointFor(performed && new Date(at(performed)).toISOString(), at(today), ZONE)).toBe(point)
})

test('a day begins at midnight of the clinic', () => {
  const lateEvening = Date.parse('2026-11-21T15:59:00Z')
  expect(timePointFor(new Date(lateEvening).toISOString(), lateEvening + 120_000, ZONE)).toBe('d1')
})

test('a time point that has been taken is not proposed again', () => {
  expect(timePointFor(null, at('2026-11-22'), ZONE, new Set(['pre']))).toBe('other')
  expect(timePointFor('2026-11-21T04:00:00Z', at('2026-11-22'), ZONE, new Set(['d1']))).toBe('other')
})

const set = (id: string, day: string, more: Partial<PhotoSet> = {}) =>
  ({ id, created_at: `${day}T04:00:00Z`, region: 'face', time_point: 'pre', treatment_id: null, ...more }) as PhotoSet

test('the baseline is the newest "before" of the same treatment, else of the region, else its first set', () => {
  const first = set('first', '2025-01-01', { time_point: 'other' })
  const own = set('own', '2025-02-01', { treatment_id: 'peel' })
  const later = set('later', '2025-03-01')
  const nose = set('nose', '2025-04-01', { region: 'nose' })
  expect(baselineFor([later, own, first, nose], 'face', 'd7', 'peel')).toBe('own')
  expect(baselineFor([later, own, first, nose], 'face', 'd7', 'another')).toBe('later')
  expect(baselineFor([first, nose], 'face', 'd7', null)).toBe('first')
  expect(baselineFor([nose], 'face', 'd7', null)).toBeNull()
})

test('a "before" is laid over nothing', () => {
  expect(baselineFor([set('a', '2025-01-01')], 'face', 'pre', null)).toBeNull()
})
