import { readonly, ref } from 'vue'
import { now } from '@/state'

const TICK_MS = 20_000

const tick = ref(now())

/** The present moment (ms since 1970) as the screens show it: fresh at every tick and on return to the app. */
export const moment = readonly(tick)

export function startClock(): void {
  const read = () => {
    tick.value = now()
  }
  read()
  setInterval(read, TICK_MS)
  document.addEventListener('visibilitychange', read)
}
