// How far a set is: which picture of each view counts, which views are skipped, which comes next.
import { type CatalogueView, regionOf } from '../catalogue'
import type { Id, Photo, PhotoSet, ViewCode } from '../documents'

export interface ViewProgress {
  view: CatalogueView
  /** The picture that counts: the newest that is neither voided nor superseded. */
  photo: Photo | null
  /** Why the view was skipped; null once there is a picture. */
  skipped: string | null
}

/** Every view of the set's region in the catalogue's order. `photos`: those of the set. */
export function progressOf(set: Pick<PhotoSet, 'region' | 'skipped'>, photos: readonly Photo[]): ViewProgress[] {
  const valid = photos.filter(({ voided }) => !voided)
  const superseded = new Set<Id | null>(valid.map(({ supersedes }) => supersedes))
  const current = new Map<ViewCode, Photo>()
  for (const photo of valid) {
    const other = current.get(photo.view)
    if (!superseded.has(photo.id) && (!other || other.taken_at < photo.taken_at)) current.set(photo.view, photo)
  }
  const reasons = new Map(set.skipped.map(({ view, reason }) => [view, reason]))
  return regionOf(set.region).views.map((view) => {
    const photo = current.get(view.code) ?? null
    return { view, photo, skipped: photo ? null : (reasons.get(view.code) ?? null) }
  })
}

const isOpen = ({ view, photo, skipped }: ViewProgress) => !view.optional && !photo && skipped === null

/** What still has to be taken, or skipped with a reason, before the set can be finished. */
export const missingOf = (progress: readonly ViewProgress[]): ViewCode[] =>
  progress.filter(isOpen).map(({ view }) => view.code)

/** The open view that follows `after`, from the beginning again where none follows; null when none is open. */
export function nextView(progress: readonly ViewProgress[], after: ViewCode | null = null): ViewCode | null {
  const from = progress.findIndex(({ view }) => view.code === after) + 1
  return [...progress.slice(from), ...progress.slice(0, from)].find(isOpen)?.view.code ?? null
}
