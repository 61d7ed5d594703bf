import { difference, digestOf } from '../domain/digest'
import { CallError, type Server } from '../net'
import { StorageError } from '../vault'
import type { Phase, SyncAnswer, VerifyAnswer } from './contract'
import { deviceOf, pullAll, pushAll, synchronise } from './cycle'
import type { Environment } from './environment'
import { unsent } from './queue'
import type { Replica } from './replica'
import { retryDelay } from './rhythm'

const POLL_MS = 60_000
const VERIFY_EVERY_MS = 24 * 60 * 60_000
/** Between full pulls because of a difference: an hour, then twice as long each time. */
const HEAL_EVERY_MS = 60 * 60_000

export interface Status {
  phase: Phase
  trouble: string | null
}

/** What the leader does, and when: rounds with the server one after the other, retries, polling, pokes. */
export class Syncer {
  status: Status = { phase: 'idle', trouble: null }
  #running: Promise<SyncAnswer> | null = null
  #again = false
  #failures = 0
  /** As the server has asked for. */
  #pauseMs = 0
  #turn: Promise<unknown> = Promise.resolve()
  #timer: ReturnType<typeof setTimeout> | undefined
  #stops: (() => void)[] = []
  #stopped = true

  constructor(
    private readonly environment: Environment,
    private readonly replica: Replica,
    private readonly server: Server,
    private readonly hooks: {
      changed(status: Status): void
      /** Another context leads now. */
      fenced(): void
      /** The clinic has signed this device off and it has handed in what it had. */
      revoked(): Promise<void>
      /** A round begins. */
      begins(): void
      /** Pictures on their way to the clinic. */
      underWay(): number
      /** A round has ended well. */
      synchronised(): Promise<void>
    },
  ) {}

  start(): void {
    this.#stopped = false
    this.#stops = [
      this.environment.listen((version) => {
        if (version > this.replica.facts.version) this.wake()
      }),
    ]
    this.wake()
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
    for (const stop of this.#stops) stop()
    this.#stops = []
  }

  /** A round now; with one under way, another directly after it. Resolves with how it stands then. */
  wake(): Promise<SyncAnswer> {
    if (this.#running) {
      this.#again = true
      return this.#running
    }
    clearTimeout(this.#timer)
    this.#running = this.#run().finally(() => {
      this.#running = null
    })
    return this.#running
  }

  /** The network is back: what was waiting for its next try goes now. */
  hurry(): Promise<SyncAnswer> {
    this.#failures = 0
    return this.wake()
  }

  async verify(): Promise<VerifyAnswer> {
    await this.wake()
    try {
      return await this.#inTurn(() => this.#compare())
    } catch (error) {
      if (error instanceof StorageError) return { kind: 'trouble', code: `storage_${error.kind}` }
      if (!(error instanceof CallError)) throw error
      const { failure } = error
      return failure.kind === 'unreachable' ? { kind: 'offline' } : { kind: 'trouble', code: failure.code }
    }
  }

  async #run(): Promise<SyncAnswer> {
    let answer: SyncAnswer
    do {
      this.#again = false
      this.#say({ phase: this.status.phase === 'revoked' ? 'revoked' : 'syncing', trouble: this.status.trouble })
      answer = await this.#inTurn(() => this.#round())
    } while (this.#again && (answer.kind === 'all_sent' || answer.kind === 'pending') && !this.#stopped)
    this.#plan(answer)
    return answer
  }

  async #round(): Promise<SyncAnswer> {
    this.hooks.begins()
    try {
      await synchronise(this.replica, this.server)
      await this.#verifyDaily()
      await this.hooks.synchronised()
      this.#failures = 0
      this.#say({ phase: 'idle', trouble: null })
      return this.#standing()
    } catch (error) {
      return this.#failed(error)
    }
  }

  #standing(): SyncAnswer {
    const count = unsent(this.replica.outbox).length + this.hooks.underWay()
    return count > 0 ? { kind: 'pending', count } : { kind: 'all_sent' }
  }

  async #failed(error: unknown): Promise<SyncAnswer> {
    this.#failures += 1
    this.#pauseMs = 0
    if (error instanceof StorageError) {
      if (error.kind === 'fenced') this.hooks.fenced()
      return this.#trouble(`storage_${error.kind}`)
    }
    if (!(error instanceof CallError)) {
      this.environment.report(error)
      return this.#trouble('internal')
    }
    const { failure } = error
    if (failure.kind === 'unreachable') {
      this.#say({ phase: 'offline', trouble: null })
      return { kind: 'offline' }
    }
    switch (failure.code) {
      case 'unauthenticated':
      case 'device_mismatch':
      case 'password_due':
      case 'second_factor_due':
        this.#say({ phase: 'needs_sign_in', trouble: null })
        return { kind: 'needs_sign_in' }
      case 'upgrade_required':
        this.#say({ phase: 'upgrade', trouble: null })
        return { kind: 'upgrade' }
      case 'throttled':
        this.#pauseMs = Number(failure.fields.retry_after_s ?? 0) * 1000
        return this.#trouble(failure.code)
      case 'device_revoked':
        return this.#revoked(failure.fields.mode === 'wipe')
      default:
        return this.#trouble(failure.code)
    }
  }

  /** Under `collect` the server still takes what is here; only then, or at once under `wipe`, all of it is erased. */
  async #revoked(wipe: boolean): Promise<SyncAnswer> {
    this.#say({ phase: 'revoked', trouble: null })
    try {
      if (!wipe) await pushAll(this.replica, this.server)
    } catch (error) {
      const done = error instanceof CallError && error.failure.kind === 'refused' && error.failure.status === 401
      if (!done) return { kind: 'revoked' }
    }
    if (wipe || unsent(this.replica.outbox).length + this.hooks.underWay() === 0) {
      this.stop()
      await this.hooks.revoked().catch(this.environment.report)
    }
    return { kind: 'revoked' }
  }

  #trouble(code: string): SyncAnswer {
    this.#say({ phase: 'idle', trouble: code })
    return { kind: 'trouble', code }
  }

  async #compare(): Promise<VerifyAnswer> {
    for (let tries = 0; ; tries += 1) {
      const { cursor } = this.replica.facts
      if (cursor === null) return { kind: 'trouble', code: 'stale_cursor' }
      try {
        const { tables } = await this.server.digest(deviceOf(this.replica), cursor)
        const different = difference(await digestOf(this.replica.base.rows()), tables)
        return await this.#heal(different)
      } catch (error) {
        const stale =
          error instanceof CallError && error.failure.kind === 'refused' && error.failure.code === 'stale_cursor'
        if (!stale || tries === 3) throw error
        await pullAll(this.replica, this.server)
      }
    }
  }

  async #heal(tables: string[]): Promise<VerifyAnswer> {
    const { heals, verified_at } = this.replica.facts
    const now = new Date(this.environment.clock()).toISOString()
    if (tables.length === 0) {
      await this.replica.note({ verified_at: now, heals: 0 })
      return { kind: 'equal' }
    }
    const wait = heals === 0 ? 0 : HEAL_EVERY_MS * 2 ** (heals - 1)
    if (verified_at && this.environment.clock() < Date.parse(verified_at) + wait) return { kind: 'later', tables }
    await this.replica.note({ verified_at: now, heals: heals + 1 })
    await pullAll(this.replica, this.server, true)
    return { kind: 'healed', tables }
  }

  async #verifyDaily(): Promise<void> {
    const { verified_at } = this.replica.facts
    if (!verified_at) return this.replica.note({ verified_at: new Date(this.environment.clock()).toISOString() })
    if (this.environment.clock() - Date.parse(verified_at) < VERIFY_EVERY_MS) return
    // Not there on plain http, as on a clinic's own network without a certificate.
    if (!globalThis.crypto?.subtle) return
    const answer = await this.#compare()
    if (answer.kind === 'healed' || answer.kind === 'later') {
      this.environment.report(new Error(`digest differs: ${answer.tables.join(', ')}`))
    }
  }

  /** When the next round is due: after a failure with growing, random delay; else by the clock while in front. */
  #plan(answer: SyncAnswer): void {
    clearTimeout(this.#timer)
    if (this.#stopped) return
    const failed = answer.kind === 'offline' || answer.kind === 'trouble' || answer.kind === 'revoked'
    const held = this.#nextHeld()
    let delay = failed ? Math.max(this.#pauseMs, retryDelay(this.#failures, this.environment.random())) : POLL_MS
    if (!failed && held !== null) delay = Math.min(delay, held)
    this.#timer = setTimeout(() => {
      const idle = !failed && unsent(this.replica.outbox).length === 0
      if (idle && !this.environment.visible()) this.#plan(answer)
      else this.wake()
    }, delay)
  }

  /** Until the first held mutation may go. */
  #nextHeld(): number | null {
    const moments = unsent(this.replica.outbox).flatMap(({ seq, held_until }) =>
      seq === null && held_until ? [held_until] : [],
    )
    return moments.length > 0 ? Math.max(0, Math.min(...moments) - this.environment.clock()) : null
  }

  /** One thing at a time with the server: a comparison pulls too. */
  #inTurn<T>(body: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(body, body)
    this.#turn = turn.catch(() => {})
    return turn
  }

  #say(status: Status): void {
    this.status = status
    this.hooks.changed(status)
  }
}
