// From view to view of a set: which one is before the camera now, and which comes next.
import { computed, ref, watch } from 'vue'
import { placeIn, rememberPlace } from '@/actions/sets'
import { regionOf } from '@/domain/catalogue'
import type { Id, ViewCode } from '@/domain/documents'
import { nextView, progressOf } from '@/domain/photosets/progress'
import { records } from '@/state'

/** `only`: the one view that is taken, where a retake was asked for. */
export function useWalk(id: Id, only: ViewCode | null) {
  const set = computed(() => records.get('photo_set', id))
  const region = computed(() => (set.value ? regionOf(set.value.region) : null))
  const photos = computed(() => records.by('photo', 'set_id', id))
  const progress = computed(() => (set.value ? progressOf(set.value, photos.value) : []))

  const code = ref<ViewCode | null>(only ?? placeIn(id) ?? nextView(progress.value))
  const at = computed(() =>
    Math.max(
      0,
      progress.value.findIndex(({ view }) => view.code === code.value),
    ),
  )
  const here = computed(() => progress.value[at.value])
  const view = computed(() => here.value?.view)
  watch(
    () => view.value?.code,
    (now) => now && rememberPlace(id, now),
    { immediate: true },
  )

  /** Null: after this one nothing is left to take. */
  const following = (after: ViewCode) => (only ? null : nextView(progress.value, after))

  return { set, region, progress, code, at, here, view, following }
}

export type Walk = ReturnType<typeof useWalk>
