// What was taken before of the same view: to lie over the live picture, and to compare its light and angle with.
import { computed, ref, watch } from 'vue'
import { progressOf } from '@/domain/photosets/progress'
import { records } from '@/state'
import { plainOverlay } from './overlay'
import { usePicture } from './picture'
import type { Walk } from './walk'

export function useEarlier({ set, progress, code, view }: Walk) {
  const photo = computed(() => {
    const baseline = records.get('photo_set', set.value?.baseline_set_id)
    if (!baseline || !view.value) return null
    const all = progressOf(baseline, records.by('photo', 'set_id', baseline.id))
    return all.find((one) => one.view.code === view.value?.code)?.photo ?? null
  })
  /** The baseline of the view; without one the light's colour of this set's first picture. */
  const reference = computed<Record<string, unknown>>(() => {
    if (photo.value) return photo.value.checks
    const first = progress.value.find((one) => one.photo && one.photo.view !== code.value)?.photo
    return first ? { white_balance: first.checks.white_balance } : {}
  })
  const picture = usePicture(() => photo.value?.id, 'screen')
  /** It should lie over the live picture and is not on this phone. */
  const missing = computed(() => Boolean(photo.value) && !picture.value.url && !picture.value.loading)

  const look = ref(plainOverlay())
  watch(code, () => {
    look.value = { ...look.value, x: 0, y: 0 }
  })

  return { photo, reference, picture, missing, look }
}
