/** One round with the server: everything unsent goes out, then what has changed comes in. Throws CallError. */
import type { Id, TableName } from '../domain/documents'
import {
  CallError,
  MAX_BODY_BYTES,
  MAX_MUTATIONS,
  MAX_PAGE_ROWS,
  type OutboxReport,
  type PullAnswer,
  type Server,
} from '../net'
import type { Held, Patch } from './base'
import { batch, oldest, unsent } from './queue'
import type { Replica } from './replica'

/** Room for the frame around the mutations. */
const BATCH_BYTES = MAX_BODY_BYTES - 1024

export async function synchronise(replica: Replica, server: Server): Promise<void> {
  // Twice at most: a restored server asks for more while its patch comes in; the rest is for the next round.
  for (let round = 0; round < 2; round += 1) {
    await pushAll(replica, server)
    await pullAll(replica, server)
    if (unsent(replica.outbox).length === 0) return
  }
}

export async function pushAll(replica: Replica, server: Server): Promise<void> {
  let mutations = MAX_MUTATIONS
  let askParked = true
  for (;;) {
    await replica.number()
    const sent = batch(replica.outbox, { mutations, bytes: BATCH_BYTES }, askParked)
    if (sent.length === 0) return
    try {
      const { results, applied_through } = await server.push(deviceOf(replica), sent)
      await replica.settle(results, applied_through)
      askParked = false
    } catch (error) {
      const refusal = error instanceof CallError && error.failure.kind === 'refused' ? error.failure : null
      if (refusal?.code === 'too_large' && sent.length > 1) {
        mutations = Math.ceil(sent.length / 2)
      } else if (refusal?.code === 'sequence_gap' && refusal.applied_through !== undefined) {
        await refill(replica, refusal.applied_through)
      } else if (refusal?.code === 'sequence_conflict') {
        await replica.registerAnew()
        throw signInAgain()
      } else {
        throw error
      }
    }
  }
}

/** Brings the whole difference and applies it as one; `whole` asks for everything instead of a difference. */
export async function pullAll(replica: Replica, server: Server, whole = false): Promise<void> {
  const device = deviceOf(replica)
  let cursor = whole ? null : replica.facts.cursor
  let patch = emptyPatch(false)
  let last: PullAnswer
  let pages: number
  do {
    const collected: PullAnswer[] = []
    do {
      last = await server.pull(device, cursor, report(replica), cursor === null ? MAX_PAGE_ROWS : undefined)
      // A reset may begin in the middle of another patch: what came before is void.
      const begins = last.reset && (collected[0]?.reset !== true || collected[0].version !== last.version)
      if (begins) {
        collected.length = 0
        patch = emptyPatch(true)
      }
      collected.push(last)
      cursor = last.cursor
    } while (last.more)
    pages = collected.length
    for (const { removed } of collected) for (const [table, id] of removed) put(patch, table, id, null)
    for (const { rows } of collected) {
      for (const [table, id, version, document] of rows) put(patch, table, id, { version, document })
    }
    // A row that moved on between two pages is in neither; the patch after this one has it.
  } while (pages > 1)

  const { applied_through, backed_up_through, version } = last
  if (applied_through < replica.facts.applied_through) await refill(replica, applied_through)
  await replica.apply(patch, { cursor, version, applied_through, backed_up_through })
}

function report({ outbox, missing, undelivered }: Replica): OutboxReport {
  const waiting = [...unsent(outbox), ...undelivered().map((at) => ({ at }))]
  return { count: waiting.length + missing, oldest_at: oldest(waiting) }
}

async function refill(replica: Replica, applied_through: number): Promise<void> {
  const complete = await replica.refill(applied_through)
  if (!complete) throw signInAgain()
}

/** A device is registered anew by a sign-in with the password. */
function signInAgain(): CallError {
  return new CallError({ kind: 'refused', status: 401, code: 'unauthenticated', message: '', fields: {} })
}

export function deviceOf(replica: Replica): Id {
  if (!replica.facts.device || replica.facts.register) throw signInAgain()
  return replica.facts.device
}

function emptyPatch(reset: boolean): Patch {
  return { reset, changes: new Map() }
}

function put(patch: Patch, table: TableName, id: Id, held: Held | null): void {
  let changes = patch.changes.get(table)
  if (!changes) {
    changes = new Map()
    patch.changes.set(table, changes)
  }
  changes.set(id, held)
}
