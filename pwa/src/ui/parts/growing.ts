// Of a long list a screenful is drawn at once, more once it stands, and the rest when somebody asks for it.
import { onMounted, ref } from 'vue'
import { whenIdle } from '../idle'

const FIRST = 12
/** More rows than this are shown in steps: nobody reads further, and a phone has to draw them. */
const STEP = 40

export function useGrowing() {
  const limit = ref(FIRST)
  onMounted(() =>
    whenIdle(() => {
      limit.value = STEP
    }),
  )
  return {
    limit,
    /** How many of `count` wait to be asked for. */
    rest: (count: number) => (limit.value < STEP ? 0 : Math.max(0, count - limit.value)),
    more: () => {
      limit.value += STEP
    },
  }
}
