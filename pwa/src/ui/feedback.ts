// What the app answers after an act: one line at the bottom, heard by screen readers, with "undo" where that is possible.
import { computed, readonly, ref, shallowRef } from 'vue'
import { tremble } from '@/device/phone'
import { type MutateAnswer, undo } from '@/state'
import { i18n } from './i18n'

interface Snack {
  text: string
  tone: 'fine' | 'trouble'
  undo: string[]
}

const SHOW_MS = 4_000
/** As long as the mutation is held, so the button never promises what it cannot keep. */
const UNDO_MS = 9_500

const shown = shallowRef<Snack | null>(null)
let timer: ReturnType<typeof setTimeout> | undefined

export const snack = readonly(shown)

/** Sheets and forms that hold something not yet saved; a new version is not offered meanwhile. */
const drafts = ref(new Set<symbol>())
export const somethingUnsaved = computed(() => drafts.value.size > 0 || (shown.value?.undo.length ?? 0) > 0)

export function markDraft(key: symbol, open: boolean): void {
  const next = new Set(drafts.value)
  if (open) next.add(key)
  else next.delete(key)
  drafts.value = next
}

function show(next: Snack): void {
  clearTimeout(timer)
  shown.value = next
  timer = setTimeout(hide, next.undo.length > 0 ? UNDO_MS : SHOW_MS)
}

export function hide(): void {
  clearTimeout(timer)
  shown.value = null
}

export const say = (text: string): void => show({ text, tone: 'fine', undo: [] })
export const sayTrouble = (text: string): void => show({ text, tone: 'trouble', undo: [] })

/** Words for what could not be saved. */
export function troubleOf(answer: MutateAnswer): string {
  const { t, te } = i18n.global
  if (answer.kind === 'not_saved') return t(`trouble.${answer.reason}`)
  if (answer.kind === 'saved') return ''
  const { code, fields } = answer.refusal
  const [field] = Object.keys(fields)
  if (code === 'validation' && field && te(`field.${field}`)) {
    return t('trouble.validation_field', { field: t(`field.${field}`) })
  }
  return te(`trouble.${code}`) ? t(`trouble.${code}`) : t('trouble.internal')
}

/** Says how it went; true when everything was saved. */
export function report(answers: MutateAnswer | MutateAnswer[], saved: string, options = { undo: false }): boolean {
  const all = Array.isArray(answers) ? answers : [answers]
  const failed = all.find(({ kind }) => kind !== 'saved')
  if (failed) {
    show({ text: troubleOf(failed), tone: 'trouble', undo: [] })
    return false
  }
  tremble()
  const ids = all.flatMap((answer) => (answer.kind === 'saved' ? [answer.id] : []))
  show({ text: saved, tone: 'fine', undo: options.undo ? ids : [] })
  return true
}

/** Takes back what the line on the screen is about. */
export async function takeBack(): Promise<void> {
  const ids = shown.value?.undo ?? []
  hide()
  const undone = await Promise.all([...ids].reverse().map(undo))
  if (undone.every(Boolean)) say(i18n.global.t('undo.done'))
  else sayTrouble(i18n.global.t('undo.too_late'))
}
