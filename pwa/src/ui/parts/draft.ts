import { onBeforeUnmount, onMounted, type Ref, watch, watchEffect } from 'vue'
import { onBeforeRouteLeave } from 'vue-router'
import { drafts } from '@/state'
import { markDraft, say } from '../feedback'
import { i18n } from '../i18n'

const KEEP_AFTER_MS = 400

/**
 * While a form holds something unsaved no update is offered, and what is in it is kept on this phone, because phones end
 * apps in the background without a word; it comes back when the form is opened again. `name` says which form of which
 * document it is. Answers how to give it up.
 */
export function useKeptForm<T extends object>(dirty: Ref<boolean>, name: string, form: Ref<T>): () => void {
  const key = Symbol('draft')
  let timer: ReturnType<typeof setTimeout> | undefined
  let givenUp = false

  function keep(): void {
    clearTimeout(timer)
    if (dirty.value && !givenUp) void drafts.keep(name, form.value)
  }
  function drop(): void {
    clearTimeout(timer)
    void drafts.drop(name)
  }
  const hiding = () => {
    if (document.visibilityState === 'hidden') keep()
  }

  onMounted(async () => {
    document.addEventListener('visibilitychange', hiding)
    const found = (await drafts.find(name)) as T | undefined
    if (!found || dirty.value) return
    // A form of an earlier version may lack a field.
    form.value = { ...form.value, ...found }
    say(i18n.global.t('draft.restored'))
  })
  watch(
    form,
    () => {
      clearTimeout(timer)
      timer = setTimeout(keep, KEEP_AFTER_MS)
    },
    { deep: true },
  )
  watch(dirty, (now) => {
    if (!now) drop()
  })
  watchEffect(() => markDraft(key, dirty.value))
  onBeforeUnmount(() => {
    document.removeEventListener('visibilitychange', hiding)
    keep()
    markDraft(key, false)
  })
  return () => {
    givenUp = true
    drop()
  }
}

/** The form of a whole screen: leaving it asks first. */
export function useDraft<T extends object>(dirty: Ref<boolean>, name: string, form: Ref<T>): void {
  const giveUp = useKeptForm(dirty, name, form)
  onBeforeRouteLeave(() => {
    if (!dirty.value) return true
    if (!confirm(i18n.global.t('draft.leave'))) return false
    giveUp()
    return true
  })
}
