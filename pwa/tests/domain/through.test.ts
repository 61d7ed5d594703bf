import { expect, test } from 'vitest'
import type { Photo, PhotoSet } from '../../src/domain/documents'
import { bestPair, bestView, through, viewsTaken } from '../../src/domain/photosets/through'
import { photoSet } from './rows'

const row = { created_at: '', updated_at: '', updated_by: null, customer_id: 'c', by: null }
const set = (id: string, fields: Partial<PhotoSet> = {}): PhotoSet =>
  photoSet(id, { ...row, time_point: 'm1', ...fields })
const photo = (set_id: string, day: string, fields: Partial<Photo> = {}): Photo => ({
  ...row,
  id: `${set_id} ${day}`,
  set_id,
  view: 'F',
  sha256: '',
  size_bytes: 1,
  width: 3,
  height: 4,
  taken_at: `2026-${day}T00:00:00.000Z`,
  capture: {},
  checks: {},
  override_reason: null,
  supersedes: null,
  stored: true,
  voided: false,
  ...fields,
})

const before = set('before', { time_point: 'pre' })
const month = set('month')
const nose = set('nose', { region: 'nose' })
const photos = [
  photo('month', '11-01'),
  photo('before', '10-01'),
  photo('before', '10-02', { supersedes: 'before 10-01' }),
  photo('before', '10-03', { voided: true }),
  photo('before', '10-02', { id: 'side', view: 'LO' }),
  photo('nose', '10-02'),
]
const photosOf = (id: string) => photos.filter(({ set_id }) => set_id === id)
const shots = (...sets: PhotoSet[]) => through(sets, photosOf, 'face', 'F')

test('a view through time is its valid pictures, oldest first, whatever the order of the sets', () => {
  expect(shots(month, nose, before).map(({ photo }) => photo.id)).toEqual(['before 10-02', 'month 11-01'])
})

test('of the views of which there are pictures, the one with most time points comes first', () => {
  const views = viewsTaken([month, nose, before], photosOf)
  expect(views).toEqual([
    { region: 'face', view: 'F', count: 2 },
    { region: 'face', view: 'LO', count: 1 },
    { region: 'nose', view: 'F', count: 1 },
  ])
  expect(bestView(views)).toEqual(views[0])
  expect(bestView(views.slice(1))).toEqual(views[1])
  expect(bestView([])).toBeUndefined()
})

test('the newest is compared with the baseline it was taken against, else with the set before, else with the oldest', () => {
  const pairOf = (...sets: PhotoSet[]) => {
    const taken = sets.map((one, n) => ({ set: one, photo: photo(one.id, `1${n}-01`) }))
    return bestPair(taken)?.map((shot) => shot.set.id)
  }
  const [first, second, last] = [set('1', { time_point: 'pre' }), set('2', { time_point: 'pre' }), set('3')]
  expect(pairOf(first, second, { ...last, baseline_set_id: '1' })).toEqual(['1', '3'])
  expect(pairOf(first, second, last)).toEqual(['2', '3'])
  expect(pairOf(set('1'), set('2'), last)).toEqual(['1', '3'])
  expect(pairOf(first)).toBeUndefined()
})
