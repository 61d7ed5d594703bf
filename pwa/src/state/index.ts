import type { Mutate, Online, Records, Session, Sync, Undo } from './contract'

export { newId } from '../domain/ids'
export type * from './contract'

function unopened<T extends object>(): T {
  return {} as T
}

/** Opens the last person's documents and begins to sync. Called once, before the first screen. */
export const start = (): Promise<void> => Promise.resolve()
export const records: Records = unopened()
export const session: Session = unopened()
export const sync: Sync = unopened()
export const mutate: Mutate = () => Promise.resolve({ kind: 'not_saved', reason: 'signed_out' })
export const undo: Undo = () => Promise.resolve(false)
export const online: Online = unopened()
/** The present moment, corrected by what the server's clock says; milliseconds since 1970. */
export const now = (): number => Date.now()
