// Of a long list with rows of one height, only those near the screen are drawn. The page itself scrolls.
import { computed, onActivated, onDeactivated, onMounted, onUnmounted, type Ref, ref } from 'vue'

/** A fling moves less than one row a frame; each row more is paid for at every letter of a search. */
const AHEAD = 2

/** `rowHeight` in px; `list` is the element that holds the rows. */
export function useVirtualRows<T>(rows: Ref<readonly T[]>, list: Ref<HTMLElement | null>, rowHeight: Ref<number>) {
  const top = ref(0)
  /** How far down the list the lower edge of the screen is, in px. */
  const bottom = ref(innerHeight)
  const height = ref(innerHeight)

  const read = () => {
    height.value = innerHeight
    const box = list.value?.getBoundingClientRect()
    if (!box) return
    top.value = Math.max(0, -box.top)
    bottom.value = Math.max(0, innerHeight - box.top)
  }
  const watch = () => {
    addEventListener('scroll', read, { passive: true })
    addEventListener('resize', read)
    read()
  }
  const rest = () => {
    removeEventListener('scroll', read)
    removeEventListener('resize', read)
  }
  onMounted(watch)
  onActivated(watch)
  onDeactivated(rest)
  onUnmounted(rest)

  const from = computed(() => Math.max(0, Math.floor(top.value / rowHeight.value) - AHEAD))
  const to = computed(() => Math.ceil(bottom.value / rowHeight.value) + AHEAD)
  const slots = computed(() => Math.ceil(height.value / rowHeight.value) + 2 * AHEAD + 2)
  return {
    top,
    from,
    /**
     * The key of a drawn row: by place, so that an element whose row has gone is written anew instead of made anew.
     * Making them is most of what a keystroke in a search costs.
     */
    slotOf: (at: number) => (from.value + at) % slots.value,
    drawn: computed(() => rows.value.slice(from.value, to.value)),
    before: computed(() => from.value * rowHeight.value),
    total: computed(() => rows.value.length * rowHeight.value),
  }
}
