import type { Environment } from './environment'

/** So many minutes may the app be away before nobody but its person gets in again; the second unless chosen. */
export const LOCK_MINUTES = [1, 2, 5] as const
const KEY = 'meidang.lock_after'

export function lockAfter({ notepad }: Pick<Environment, 'notepad'>): number {
  const chosen = Number(notepad.get(KEY))
  return LOCK_MINUTES.find((minutes) => minutes === chosen) ?? LOCK_MINUTES[1]
}

export function chooseLockAfter({ notepad }: Pick<Environment, 'notepad'>, minutes: number): void {
  notepad.set(KEY, String(minutes))
}

/** Calls back when the app has been in the background for too long: then, or where phones sleep, as it comes back. */
export function watchIdleness(environment: Environment, tooLong: () => void): void {
  const { moments, clock } = environment
  let since: number | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  moments((moment) => {
    const awayMs = lockAfter(environment) * 60_000
    if (moment === 'away') {
      since = clock()
      clearTimeout(timer)
      timer = setTimeout(tooLong, awayMs)
    }
    if (moment !== 'front') return
    clearTimeout(timer)
    if (since !== null && clock() - since >= awayMs) tooLong()
    since = null
  })
}
