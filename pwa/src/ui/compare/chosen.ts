// Which view of a customer is looked at, and which two of its pictures are compared.
import { computed, ref, watch } from 'vue'
import type { Id } from '@/domain/documents'
import { bestPair, bestView, type Shot, through, type ViewTaken, viewsTaken } from '@/domain/photosets/through'
import { records } from '@/state'

export const keyOf = ({ region, view }: { region: string; view: string }): string => `${region} ${view}`

/** `asked`: region and view of the link, if any. `changed` is called when other pictures are on the stage. */
export function useChosen(customerId: Id, asked: { region: unknown; view: unknown }, changed: () => void) {
  const sets = computed(() => records.by('photo_set', 'customer_id', customerId))
  const photosOf = (setId: Id) => records.by('photo', 'set_id', setId)
  const views = computed(() => viewsTaken(sets.value, photosOf))

  const picked = ref(`${asked.region} ${asked.view}`)
  const view = computed<ViewTaken | undefined>(
    () =>
      views.value.find((one) => keyOf(one) === picked.value) ??
      bestView(views.value.filter(({ region }) => region === asked.region)) ??
      bestView(views.value),
  )
  const shots = computed<Shot[]>(() =>
    view.value ? through(sets.value, photosOf, view.value.region, view.value.view) : [],
  )

  const left = ref<Id | null>(null)
  const right = ref<Id | null>(null)
  const side = ref<'left' | 'right'>('right')
  const shotOf = (id: Id | null) => shots.value.find(({ photo }) => photo.id === id)
  const pair = computed(() => [shotOf(left.value), shotOf(right.value)].filter((one) => one !== undefined))

  watch(
    () => shots.value.map(({ photo }) => photo.id).join(),
    () => {
      if (shotOf(left.value) && shotOf(right.value)) return
      const [before, after] = bestPair(shots.value) ?? [shots.value[0], undefined]
      left.value = before?.photo.id ?? null
      right.value = after?.photo.id ?? null
      changed()
    },
    { immediate: true },
  )

  function choose(id: Id): void {
    const [here, there] = side.value === 'left' ? [left, right] : [right, left]
    // The other side's picture changes places.
    if (there.value === id) there.value = here.value
    here.value = id
  }

  return { views, picked, view, shots, left, right, side, pair, choose }
}
