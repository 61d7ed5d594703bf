/**
 * The rules of the outbox and the journal, as lists of writes. Pure: nothing here knows a store or the network.
 * Entries stay in the order of their local number `n`; `seq` is their number on the wire.
 */
import type { Instant } from '../domain/documents'
import type { PushAnswer, WireMutation } from '../net'
import type { Entry, Operation } from '../vault'

export type Entries = ReadonlyMap<number, Entry>

const JOURNAL_MS = 7 * 24 * 60 * 60 * 1000

const inOrder = (entries: Entries): [number, Entry][] => [...entries].sort(([one], [other]) => one - other)

/** Acknowledged by nobody yet; a parked one is in the server's keeping. */
export const unsent = (outbox: Entries): Entry[] =>
  [...outbox.values()].filter(({ state, first }) => state === 'waiting' && first !== 'rejected')

export const oldest = (entries: readonly Pick<Entry, 'at'>[]): Instant | null =>
  entries.map(({ at }) => at).sort()[0] ?? null

/** Refused, and nobody has dealt with it. After a restore such an entry passes through the outbox once more. */
export const refused = (outbox: Entries, journal: Entries): Entry[] =>
  [...journal.values(), ...outbox.values()].filter(
    ({ state, first, dealt }) => !dealt && (state === 'rejected' || first === 'rejected'),
  )

/** What can be sent now, in order: up to the first entry still held back. */
function sendable(outbox: Entries, clock: number): [number, Entry][] {
  const waiting = inOrder(outbox).filter(([, entry]) => entry.state === 'waiting')
  const held = waiting.findIndex(([, { held_until, seq }]) => seq === null && held_until !== null && held_until > clock)
  return held < 0 ? waiting : waiting.slice(0, held)
}

/** Nothing is held back any longer: its person wants all of it sent. */
export const releasing = (outbox: Entries): Operation[] =>
  inOrder(outbox)
    .filter(([, { held_until, seq }]) => seq === null && held_until !== null)
    .map(([key, entry]): Operation => ({ do: 'put', store: 'outbox', key, value: { ...entry, held_until: null } }))

/** Gives numbers to what can be sent now and has none. */
export function numbering(
  outbox: Entries,
  lastSeq: number,
  clock: number,
): { operations: Operation[]; lastSeq: number } {
  const operations: Operation[] = []
  let seq = lastSeq
  for (const [n, entry] of sendable(outbox, clock)) {
    if (entry.seq !== null) continue
    seq += 1
    operations.push({ do: 'put', store: 'outbox', key: n, value: { ...entry, seq } })
  }
  return { operations, lastSeq: seq }
}

/** The next request: numbered entries without an answer, at most so many and so much; in front, parked ones to ask about. */
export function batch(
  outbox: Entries,
  limits: { mutations: number; bytes: number },
  askParked: boolean,
): WireMutation[] {
  const due = inOrder(outbox)
    .filter(([, { seq, state }]) => seq !== null && (state === 'waiting' || (askParked && state === 'parked')))
    .sort(([, one], [, other]) => Number(one.seq) - Number(other.seq))
  const mutations: WireMutation[] = []
  let bytes = 0
  for (const [, { seq, id, name, args, at, first }] of due) {
    const mutation: WireMutation = { seq: Number(seq), id, name, args, at, first }
    bytes += sizeOf(mutation)
    if (mutations.length > 0 && (mutations.length >= limits.mutations || bytes > limits.bytes)) break
    mutations.push(mutation)
  }
  return mutations
}

const encoder = new TextEncoder()
/** Bytes on the wire, before compression. */
export const sizeOf = (value: unknown): number => encoder.encode(JSON.stringify(value)).byteLength + 1

/** The answers to a push: what was refused leaves for the journal at once, what was applied awaits its pull. */
export function settling(outbox: Entries, results: PushAnswer['results'], now: Instant): Operation[] {
  const bySeq = new Map(results.map((result) => [result.seq, result]))
  return inOrder(outbox).flatMap(([n, entry]): Operation[] => {
    const result = entry.seq === null ? undefined : bySeq.get(entry.seq)
    if (!result || (entry.state !== 'waiting' && entry.state !== 'parked')) return []
    if (result.status === 'parked') {
      return [{ do: 'put', store: 'outbox', key: n, value: { ...entry, state: 'parked', error: result.error } }]
    }
    const rejected = entry.first === 'rejected' || result.status === 'rejected' || result.error !== null
    if (!rejected) return [{ do: 'put', store: 'outbox', key: n, value: { ...entry, state: 'applied', error: null } }]
    const error = entry.first === 'rejected' ? entry.error : result.error
    return move(n, { ...entry, state: 'rejected', error, first: null, settled_at: entry.settled_at ?? now })
  })
}

/** After a pull: applied entries whose effect has come move to the journal; old ones that are safely backed up leave it. */
export function trimming(
  outbox: Entries,
  journal: Entries,
  applied_through: number,
  backed_up_through: number,
  now: number,
): Operation[] {
  const settled_at = new Date(now).toISOString()
  const arrived = inOrder(outbox)
    .filter(([, { state, seq }]) => state === 'applied' && seq !== null && seq <= applied_through)
    .flatMap(([n, entry]) => move(n, { ...entry, first: null, settled_at }))
  const old = [...journal].filter(
    ([, { state, dealt, seq, settled_at }]) =>
      (state === 'applied' || dealt) &&
      seq !== null &&
      seq <= backed_up_through &&
      settled_at !== null &&
      Date.parse(settled_at) < now - JOURNAL_MS,
  )
  return [...arrived, ...old.map(([key]): Operation => ({ do: 'delete', store: 'journal', key }))]
}

/**
 * The server knows less than it did (restored from a backup): everything above `applied_through` goes out again.
 * Null when something in between is no longer here: then the device has to register anew.
 */
export function refilling(
  outbox: Entries,
  journal: Entries,
  applied_through: number,
  lastSeq: number,
): Operation[] | null {
  const above = ([, { seq }]: [number, Entry]) => seq !== null && seq > applied_through
  const lost = inOrder(journal).filter(above)
  const present = inOrder(outbox).filter(above)
  if (lost.length + present.length !== Math.max(0, lastSeq - applied_through)) return null
  return [...lost.flatMap(([n, entry]) => replay(n, entry)), ...present.flatMap(([n, entry]) => again(n, entry))]
}

/** For a device registered anew: journal and outbox in their old order, all without numbers. Ids keep it exactly once. */
export function renumbering(outbox: Entries, journal: Entries): Operation[] {
  const anew = (entry: Entry): Entry => ({ ...entry, seq: null })
  return [
    ...inOrder(journal).flatMap(([n, entry]) => replay(n, anew(entry))),
    ...inOrder(outbox).flatMap(([n, entry]): Operation[] => {
      const repeated = again(n, anew(entry))
      return repeated.length > 0 ? repeated : [{ do: 'put', store: 'outbox', key: n, value: anew(entry) }]
    }),
  ]
}

function move(n: number, entry: Entry): Operation[] {
  return [
    { do: 'delete', store: 'outbox', key: n },
    { do: 'put', store: 'journal', key: n, value: entry },
  ]
}

/** From the journal back into the outbox, with what the server had answered before. */
function replay(n: number, entry: Entry): Operation[] {
  const first = entry.state === 'rejected' ? 'rejected' : 'applied'
  return [
    { do: 'delete', store: 'journal', key: n },
    { do: 'put', store: 'outbox', key: n, value: { ...entry, first, state: 'waiting' } },
  ]
}

/** An entry of the outbox that had been answered already. */
function again(n: number, entry: Entry): Operation[] {
  if (entry.state === 'waiting') return []
  return [{ do: 'put', store: 'outbox', key: n, value: { ...entry, first: 'applied', state: 'waiting' } }]
}
