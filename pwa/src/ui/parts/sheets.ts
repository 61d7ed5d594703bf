// Which sheets are up: the page behind is inert meanwhile, and "back" closes the sheet instead of leaving.
import { computed, ref } from 'vue'

const open = ref<{ close: () => void }[]>([])

export const sheetIsUp = computed(() => open.value.length > 0)

export function raise(sheet: { close: () => void }): void {
  open.value = [...open.value, sheet]
}

export function lower(sheet: { close: () => void }): void {
  open.value = open.value.filter((one) => one.close !== sheet.close)
}

/** Closes the topmost sheet; false when there is none. */
export function closeTopSheet(): boolean {
  const top = open.value.at(-1)
  top?.close()
  return top !== undefined
}
