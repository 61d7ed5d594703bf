import { onBeforeUnmount, type Ref, watchEffect } from 'vue'
import { onBeforeRouteLeave } from 'vue-router'
import { markDraft } from '../feedback'
import { i18n } from '../i18n'

/** A form holds something that is not saved: no update is offered, and leaving asks first. */
export function useDraft(dirty: Ref<boolean>): void {
  const key = Symbol('draft')
  watchEffect(() => markDraft(key, dirty.value))
  onBeforeUnmount(() => markDraft(key, false))
  onBeforeRouteLeave(() => !dirty.value || confirm(i18n.global.t('draft.leave')))
}
