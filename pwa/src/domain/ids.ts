import { v5, v7 } from 'uuid'
import type { Id } from './documents'

/** UUIDv7: sorts by the time it was made. */
export const newId = (): Id => v7()

/** UUIDv5 with `namespace` as namespace: every device and the server derive the same id from the same fact. */
export const derivedId = (namespace: Id, code: string): Id => v5(code, namespace)
