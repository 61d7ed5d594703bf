// From the shutter, or from a file, to a picture that is kept: judged first, and never lost before the person decides.
import { type Ref, ref, type ShallowRef } from 'vue'
import { keepPicture, type Taken } from '@/actions/sets'
import type { Camera } from '@/device/camera'
import { tremble } from '@/device/phone'
import type { CatalogueView } from '@/domain/catalogue'
import type { ViewCode } from '@/domain/documents'
import { isLateral } from '@/domain/head/judge'
import { levelOf, type Verdicts } from '@/domain/quality/judge'
import type { SavedPicture } from '@/state'
import { troubleOf } from '../feedback'
import { useWords } from '../words'
import type { Walk } from './walk'
import { useSetWords } from './words'

const FLASH_MS = 150

/** A picture that waits for the person: it failed a check, or could not be kept. */
interface Pending {
  view: ViewCode
  taken: Taken
  verdicts: Verdicts
  /** Why it could not be kept; empty: it failed a check. */
  trouble: string
}

export function useTaking(
  { set, region, progress, view }: Walk,
  camera: ShallowRef<Camera | null>,
  video: Readonly<Ref<HTMLVideoElement | null>>,
  examine: (bytes: ArrayBuffer, of: CatalogueView) => Promise<Verdicts>,
  kept: (view: ViewCode) => Promise<void>,
) {
  const { t } = useWords()
  const { say } = useSetWords()
  /** The video shows something. */
  const seeing = ref(false)
  const busy = ref(false)
  const flash = ref(false)
  const told = ref('')
  const pending = ref<Pending | null>(null)

  async function shoot(): Promise<void> {
    if (busy.value || pending.value || !seeing.value || !camera.value || !video.value || !view.value) return
    busy.value = true
    flash.value = true
    setTimeout(() => {
      flash.value = false
    }, FLASH_MS)
    tremble()
    try {
      const { bytes, ...how } = await camera.value.shoot(video.value)
      await judged(bytes, how)
    } catch {
      told.value = t('capture.failed')
    } finally {
      busy.value = false
    }
  }

  async function fromFile(file: File): Promise<void> {
    if (busy.value) return
    busy.value = true
    try {
      await judged(await file.arrayBuffer(), { method: 'file', lens: null, zoom: null })
    } finally {
      busy.value = false
    }
  }

  /** A failed check asks for a retake or a reason; it never blocks. */
  async function judged(bytes: ArrayBuffer, how: Record<string, unknown>): Promise<void> {
    const of = view.value
    if (!of) return
    const { tilt: held, head_angle, ...pixels } = await examine(bytes, of)
    // A file says nothing about how the phone and the head are held now.
    const filed = how.method === 'file'
    const firm: Verdicts = filed || !held ? pixels : { ...pixels, tilt: held }
    const found: Verdicts = filed || !head_angle ? firm : { ...firm, head_angle }
    const capture = {
      ...how,
      ...(held && !filed ? { tilt: held.value } : {}),
      // No camera can tell a lateral: who takes it says that it is one.
      ...(region.value && isLateral(region.value, of) ? { lateral: 'confirmed by operator' } : {}),
    }
    const taken: Taken = { bytes, capture, checks: found, override_reason: null }
    // The head's angle is advice.
    if (levelOf(firm) === 'red') pending.value = { view: of.code, taken, verdicts: found, trouble: '' }
    else await keep({ view: of.code, taken, verdicts: found, trouble: '' })
  }

  async function keep(one: Pending): Promise<void> {
    if (!set.value) return
    const before = progress.value.find((other) => other.view.code === one.view)?.photo
    const answer = await keepPicture(set.value, one.view, one.taken, before?.id ?? null)
    if (answer.kind !== 'saved') {
      pending.value = { ...one, trouble: whyNot(answer) }
      return
    }
    pending.value = null
    told.value = t('capture.saved', { view: view.value ? say(view.value.name) : '' })
    await kept(one.view)
  }

  function whyNot(answer: SavedPicture): string {
    if (answer.kind === 'unreadable') return t(`capture.unreadable_${answer.why}`)
    if (answer.kind === 'refused' && answer.refusal.code === 'gate') return t('capture.consent_gone')
    return troubleOf(answer)
  }

  async function keepAnyway(reason: string | null): Promise<void> {
    if (!pending.value || busy.value) return
    busy.value = true
    const { taken } = pending.value
    await keep({ ...pending.value, taken: { ...taken, override_reason: reason ?? taken.override_reason } })
    busy.value = false
  }

  return { seeing, busy, flash, told, pending, shoot, fromFile, keepAnyway }
}
