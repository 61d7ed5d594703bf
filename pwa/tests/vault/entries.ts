import { newId } from '../../src/domain/ids'
import type { Entry } from '../../src/vault'

/** An entry as `mutate` would write it. */
export function entry(changes: Partial<Entry> = {}): Entry {
  return {
    id: newId(),
    name: 'notice.read',
    args: { id: newId() },
    at: '2026-11-22T04:00:00.000Z',
    seq: null,
    first: null,
    state: 'waiting',
    error: null,
    held_until: null,
    settled_at: null,
    dealt: false,
    ...changes,
  }
}
