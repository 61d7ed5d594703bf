// The two spots that a person has marked on a picture, and the drawings on it. On this phone and only while the app is
// open: they say where a face lies in a picture, which is nobody else's business.
import { shallowReactive } from 'vue'
import type { Id } from '@/domain/documents'
import { type Alignment, align, type Marks, type Point, type Size, UNMOVED } from '@/domain/overlay'

const marked = shallowReactive(new Map<Id, readonly Point[]>())
const sizes = shallowReactive(new Map<Id, Size>())

export const marksOf = (photoId: Id): readonly Point[] => marked.get(photoId) ?? []
export const sizeOf = (photoId: Id): Size | undefined => sizes.get(photoId)
export const noteSize = (photoId: Id, size: Size): unknown => sizes.set(photoId, size)
export const unmark = (photoId: Id): unknown => marked.delete(photoId)

/** A third mark begins anew. */
export function mark(photoId: Id, point: Point): void {
  const before = marksOf(photoId)
  marked.set(photoId, before.length < 2 ? [...before, point] : [point])
}

/** What lays a picture over another in this frame; unmoved where not both are marked. */
export function alignmentOf(photoId: Id, onto: Id | null, frame: Size): Alignment {
  const [size, other] = [sizes.get(photoId), onto && sizes.get(onto)]
  if (!onto || onto === photoId || !size || !other || !isAligned(photoId, onto)) return UNMOVED
  return align(marksOf(photoId) as Marks, size, marksOf(onto) as Marks, other, frame) ?? UNMOVED
}

export const isAligned = (photoId: Id, onto: Id): boolean => marksOf(photoId).length === 2 && marksOf(onto).length === 2
