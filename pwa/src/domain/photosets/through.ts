// One view through time: which pictures there are to compare.
import { catalogue, regionOf } from '../catalogue'
import type { Id, Photo, PhotoSet, Region, ViewCode } from '../documents'
import { progressOf } from './progress'

export interface Shot {
  photo: Photo
  set: PhotoSet
}

export interface ViewTaken {
  region: Region
  view: ViewCode
  /** In how many sets. */
  count: number
}

/** The picture that counts of this view in each of the sets, oldest first. */
export function through(
  sets: readonly PhotoSet[],
  photosOf: (setId: Id) => readonly Photo[],
  region: Region,
  view: ViewCode,
): Shot[] {
  return sets
    .filter((set) => set.region === region)
    .flatMap((set) => {
      const photo = progressOf(set, photosOf(set.id)).find((one) => one.view.code === view)?.photo
      return photo ? [{ photo, set }] : []
    })
    .sort((one, other) => (one.photo.taken_at < other.photo.taken_at ? -1 : 1))
}

/** The views of which there are pictures, in the catalogue's order. */
export function viewsTaken(sets: readonly PhotoSet[], photosOf: (setId: Id) => readonly Photo[]): ViewTaken[] {
  const counts = new Map<string, number>()
  for (const set of sets)
    for (const { view, photo } of progressOf(set, photosOf(set.id))) {
      const key = `${set.region} ${view.code}`
      if (photo) counts.set(key, (counts.get(key) ?? 0) + 1)
    }
  return catalogue.regions.flatMap(({ code: region }) =>
    regionOf(region).views.flatMap(({ code: view }) => {
      const count = counts.get(`${region} ${view}`)
      return count ? [{ region, view, count }] : []
    }),
  )
}

/** What is compared unless the person chooses: the first view with most time points. */
export const bestView = (views: readonly ViewTaken[]): ViewTaken | undefined =>
  views.reduce<ViewTaken | undefined>((best, one) => (best && best.count >= one.count ? best : one), undefined)

/** Before and after: the newest picture, and the baseline it was taken against, else the newest `pre`, else the oldest. */
export function bestPair(shots: readonly Shot[]): [Shot, Shot] | null {
  const last = shots.at(-1)
  if (!last || shots.length < 2) return null
  const earlier = shots.slice(0, -1)
  const first =
    earlier.find(({ set }) => set.id === last.set.baseline_set_id) ??
    earlier.filter(({ set }) => set.time_point === 'pre').at(-1) ??
    earlier[0]
  return first ? [first, last] : null
}
