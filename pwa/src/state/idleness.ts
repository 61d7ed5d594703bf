import type { Environment } from './environment'

/** So long may the app be away before nobody but its person gets in again. */
const AWAY_MS = 2 * 60_000

/** Calls back when the app has been in the background for too long: then, or where phones sleep, as it comes back. */
export function watchIdleness({ moments, clock }: Environment, tooLong: () => void): void {
  let since: number | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  moments((moment) => {
    if (moment === 'away') {
      since = clock()
      clearTimeout(timer)
      timer = setTimeout(tooLong, AWAY_MS)
    }
    if (moment !== 'front') return
    clearTimeout(timer)
    if (since !== null && clock() - since >= AWAY_MS) tooLong()
    since = null
  })
}
