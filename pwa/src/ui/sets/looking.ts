// Looks through the viewfinder about ten times a second and says what is right and what is not.
import { onBeforeUnmount, onMounted, type Ref, ref, shallowRef } from 'vue'
import { levelNeedsTap, watchLevel } from '@/device/level'
import { NOTHING } from '@/device/looks'
import { type Examiner, examiner } from '@/device/quality'
import type { CatalogueView } from '@/domain/catalogue'
import { judge, levelOf, type Verdicts } from '@/domain/quality/judge'
import type { Tilt } from '@/domain/quality/level'

/** Of what the viewfinder shows. */
export const SHARE = 3 / 4
const EVERY_MS = 90
/** Mean change of luma between two looks. */
const STILL = 2.5
/** Mean change of luma since the last picture: the customer has turned. */
const TURNED = 3
/** So long everything is green and still before the shutter goes by itself. */
const HOLD_MS = 900

export function useLooking(
  video: Ref<HTMLVideoElement | null>,
  view: () => CatalogueView | undefined,
  reference: () => Record<string, unknown>,
  /** What others have seen. */
  more: () => Verdicts,
) {
  const verdicts = shallowRef<Verdicts>({})
  const tilt = shallowRef<Tilt | null>(null)
  const askLevel = ref(levelNeedsTap())
  /** Looks per second, for whoever wants to know whether the phone keeps up. */
  const rate = ref(0)
  /** 0 to 1: how far the wait for the automatic release is. */
  const held = ref(0)
  let eyes: Examiner | null = null
  let since = 0
  let armed = true
  let mark = false
  let over = false
  let timer: ReturnType<typeof setTimeout> | undefined
  let unwatch = () => {}
  let release: (() => void) | null = null

  /** `act` is called when everything has been green and still long enough; null: not by itself. */
  function onHeld(act: (() => void) | null): void {
    release = act
    since = 0
    held.value = 0
  }

  /** After a picture: the customer turns first. */
  function disarm(): void {
    armed = false
    mark = true
    since = 0
    held.value = 0
  }

  function hold(motion: number | null, changed: number | null, now: number): void {
    if (!mark && changed !== null && changed > TURNED) armed = true
    const calm = armed && motion !== null && motion < STILL && levelOf(verdicts.value) === 'green'
    if (!release || !calm) {
      since = 0
      held.value = 0
      return
    }
    since ||= now
    held.value = Math.min(1, (now - since) / HOLD_MS)
    if (held.value < 1) return
    disarm()
    release()
  }

  async function look(): Promise<void> {
    const begun = performance.now()
    const element = video.value
    const of = view()
    if (
      eyes &&
      element &&
      of &&
      element.readyState >= 2 &&
      element.videoWidth &&
      document.visibilityState === 'visible'
    ) {
      const marking = mark
      mark = false
      const { measures, motion, changed } = await eyes.preview(element, SHARE, marking).catch(() => NOTHING)
      if (over) return
      verdicts.value = { ...judge(of.checks, measures, tilt.value, reference()), ...more() }
      const now = performance.now()
      hold(motion, marking ? null : changed, now)
      rate.value = 1000 / Math.max(EVERY_MS, now - begun)
    }
    if (!over) timer = setTimeout(look, Math.max(0, EVERY_MS - (performance.now() - begun)))
  }

  function watchTilt(): void {
    unwatch()
    unwatch = watchLevel((now) => {
      tilt.value = now
      askLevel.value = false
    })
  }

  onMounted(() => {
    eyes = examiner()
    watchTilt()
    void look()
  })
  onBeforeUnmount(() => {
    over = true
    clearTimeout(timer)
    unwatch()
    eyes?.close()
  })

  /** What the checks say about a picture that was taken. */
  async function examine(bytes: ArrayBuffer, of: CatalogueView): Promise<Verdicts> {
    const measures = (await eyes?.still(new Blob([bytes]))) ?? null
    return { ...judge(of.checks, measures, tilt.value, reference()), ...more() }
  }

  return { verdicts, tilt, askLevel, rate, held, onHeld, disarm, examine, watchTilt }
}
