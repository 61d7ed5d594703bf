// Looks at the head's angle a few times a second, where this phone has the finder and its person wants it.
import { onBeforeUnmount, onMounted, type Ref, shallowRef, watch } from 'vue'
import { type HeadFinder, headFinder, headReady } from '@/device/head'
import type { CatalogueRegion, CatalogueView } from '@/domain/catalogue'
import { isLateral, judgeHead, Turn } from '@/domain/head/judge'
import type { Verdict } from '@/domain/quality/judge'
import { SHARE } from './looking'

const EVERY_MS = 250

/** Null while there is nothing to say. */
export function useHead(
  video: Ref<HTMLVideoElement | null>,
  region: () => CatalogueRegion | null,
  view: () => CatalogueView | undefined,
  reference: () => Record<string, unknown>,
) {
  const verdict = shallowRef<Verdict | null>(null)
  let finder: HeadFinder | null = null
  let turn: Turn | null = null
  let over = false
  let timer: ReturnType<typeof setTimeout> | undefined

  watch(
    () => view()?.code,
    () => {
      const [place, now] = [region(), view()]
      turn = place && now && isLateral(place, now) ? new Turn(now.yaw) : null
      verdict.value = null
    },
    { immediate: true },
  )

  async function look(): Promise<void> {
    const [element, now] = [video.value, view()]
    const wanted = now && (turn || now.checks.includes('head_angle'))
    if (finder && wanted && element?.videoWidth && document.visibilityState === 'visible') {
      const head = await finder.estimate(element, SHARE).catch(() => null)
      if (over) return
      if (now === view()) {
        const before = (reference().head_angle as { value?: Record<string, number> } | undefined)?.value
        verdict.value = turn ? turn.see(head) : head && judgeHead(now, head, before)
      }
    }
    timer = setTimeout(look, EVERY_MS)
  }

  onMounted(async () => {
    if (!(await headReady().catch(() => false)) || over) return
    finder = headFinder()
    void look()
  })
  onBeforeUnmount(() => {
    over = true
    clearTimeout(timer)
    finder?.close()
  })
  return verdict
}
