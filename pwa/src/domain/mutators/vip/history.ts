// What the events of a step, or the changes of a schedule, come to. Pure: the same for any order of arrival.
// server/clinic/vip/history.py is its twin and decides. Later means corrected time, then mutation id.
import type { Instant, VipCase, VipEvent, VipMove, VipState, VipStep } from '../../documents'

type Schedule = Pick<VipCase, 'arrival_at' | 'party_size' | 'transport'>

/** Done, or skipped with a reason. */
export const isOver = (state: VipState): boolean => state === 'done' || state === 'skipped'

export function inOrder<T extends { at: Instant; mutation_id: string }>(events: readonly T[]): T[] {
  return [...events].sort((one, other) => compare(one.at, other.at) || compare(one.mutation_id, other.mutation_id))
}

/**
 * Of a step after these events, in order. Who sets the same state again changes nothing: the earlier stands. Who sets
 * another state without having seen the present one stands as the later; the other is `contested` until somebody who
 * has seen what stands sets the step again.
 */
export function outcome(events: readonly VipEvent[]): Pick<VipStep, 'state' | 'done_by' | 'done_at' | 'contested'> {
  let state: VipState = 'todo'
  let stands: VipEvent | null = null
  let contested: VipStep['contested'] = null
  for (const event of events) {
    const seen: boolean = event.seen_state === state
    if (event.state !== state) {
      contested = seen || !stands ? null : { state: stands.state, by: stands.by, at: stands.at }
      state = event.state
      stands = event
    } else if (seen) contested = null
  }
  const done = state === 'done' ? stands : null
  return { state, contested, done_by: done?.by ?? null, done_at: done?.at ?? null }
}

/** When the step came to be done or skipped, as it is now; null while it is open. */
export function overSince(events: readonly VipEvent[]): Instant | null {
  let state: VipState = 'todo'
  let since: Instant | null = null
  for (const event of events) {
    if (event.state === state) continue
    state = event.state
    since = isOver(state) ? event.at : null
  }
  return since
}

/** After the opening and these moves, in order; `until`: as it was at that instant. */
export function schedule(moves: readonly VipMove[], until: Instant | null = null): Schedule {
  const known: Schedule = { arrival_at: null, party_size: null, transport: {} }
  for (const [number, { at, arrival_at, party_size, transport }] of moves.entries()) {
    if (number > 0 && until !== null && at > until) break
    known.arrival_at = arrival_at ?? known.arrival_at
    known.party_size = party_size ?? known.party_size
    known.transport = transport ?? known.transport
  }
  return known
}

const compare = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0)
