import { onScopeDispose, type Ref, ref, watch } from 'vue'
import type { Id } from '@/domain/documents'
import { pictures } from '@/state'

/** `here`: its bytes are on this phone, so that what is not shown is of a format that this browser cannot show. */
export type Shown = { url: string | null; loading: boolean; here: boolean }

/** An address for the picture of `photoId`, for as long as it is shown; `url` null: neither here nor reachable, or not shown. */
export function usePicture(photoId: () => Id | null | undefined, size: 'thumb' | 'screen' | 'original'): Ref<Shown> {
  const shown = ref<Shown>({ url: null, loading: false, here: false })
  let over = false
  const release = () => {
    if (shown.value.url) URL.revokeObjectURL(shown.value.url)
  }
  const stateNow = () => {
    const id = photoId()
    return id ? pictures.stateOf(id).kind : 'missing'
  }
  async function show(id: Id | null | undefined): Promise<void> {
    release()
    shown.value = { url: null, loading: Boolean(id), here: false }
    if (!id) return
    const blob = await pictures.blob(id, size).catch(() => null)
    if (over || photoId() !== id) return
    const here = stateNow() === 'phone' || stateNow() === 'uploading'
    shown.value = { url: blob && URL.createObjectURL(blob), loading: false, here }
  }
  watch(photoId, show, { immediate: true })
  // The clinic makes smaller ones that every browser shows.
  watch(stateNow, (state) => state === 'kept' && shown.value.here && !shown.value.url && void show(photoId()))
  onScopeDispose(() => {
    over = true
    release()
  })
  return shown
}
