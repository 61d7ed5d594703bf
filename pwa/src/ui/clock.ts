import { readonly, ref, watch } from 'vue'
import { now, sync } from '@/state'

const TICK_MS = 20_000

const tick = ref(now())

/** The present moment (ms since 1970) as the screens show it: fresh at every tick, contact and return to the app. */
export const moment = readonly(tick)

export function startClock(): void {
  const read = () => {
    tick.value = now()
  }
  read()
  setInterval(read, TICK_MS)
  document.addEventListener('visibilitychange', read)
  // The server may have said that this phone's clock is wrong.
  watch(() => sync.lastContact, read)
}
