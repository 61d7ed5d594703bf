import { onScopeDispose, type Ref, ref, watch } from 'vue'
import type { Id } from '@/domain/documents'
import { pictures } from '@/state'

export type Shown = { url: string | null; loading: boolean }

/** An address for the picture of `photoId`, for as long as it is shown; `url` null: neither here nor reachable. */
export function usePicture(photoId: () => Id | null | undefined, size: 'thumb' | 'screen' | 'original'): Ref<Shown> {
  const shown = ref<Shown>({ url: null, loading: false })
  let over = false
  const release = () => {
    if (shown.value.url) URL.revokeObjectURL(shown.value.url)
  }
  watch(
    photoId,
    async (id) => {
      release()
      shown.value = { url: null, loading: Boolean(id) }
      if (!id) return
      const blob = await pictures.blob(id, size).catch(() => null)
      if (!over && photoId() === id) shown.value = { url: blob && URL.createObjectURL(blob), loading: false }
    },
    { immediate: true },
  )
  onScopeDispose(() => {
    over = true
    release()
  })
  return shown
}
