export const FIRST_RETRY_MS = 1_000
const LAST_RETRY_MS = 5 * 60_000

/** Until the next try after so many failures in a row: growing, and not alike on all phones. `random`: 0 to 1. */
export function retryDelay(failures: number, random: number): number {
  const delay = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures, 20))
  return Math.max(FIRST_RETRY_MS, delay * (0.5 + random / 2))
}
