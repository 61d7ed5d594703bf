import { createApp } from './app'
import { browserEnvironment } from './browser'

export { newId } from '../domain/ids'
export type * from './contract'
export { LOCK_MINUTES } from './idleness'

/**
 * The app's one state. `start` opens the last person's documents and begins to sync; it is called once, before the
 * first screen. `now` is the present moment corrected by the server's clock, milliseconds since 1970.
 */
export const { start, records, session, sync, mutate, undo, online, pictures, drafts, now } = createApp(
  browserEnvironment(),
)
