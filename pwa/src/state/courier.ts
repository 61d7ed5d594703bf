import type { Id } from '../domain/documents'
import { CallError, type Failure } from '../net'
import { type Delivery, StorageError } from '../vault'
import { type Album, rejectedPhotos } from './album'
import { typed } from './base'
import type { Environment } from './environment'
import type { Entries } from './queue'
import type { Replica } from './replica'
import { retryDelay } from './rhythm'

type Refusal = Extract<Failure, { kind: 'refused' }>

/** Nothing goes until somebody has signed in, and done there what is wanted of them. */
const NOT_UNTIL_SIGNED_IN = ['device_mismatch', 'password_due', 'second_factor_due']
/** The bytes came otherwise than they were sent: sent again from the start, so often. */
const DAMAGED_ON_THE_WAY = ['sha256_mismatch', 'size_mismatch']
const MAX_FRESH_STARTS = 3
/** Another try of the same would be answered alike; a person has to look. */
const FINAL = [400, 403, 412, 413, 415, 422]

/** Brings the originals of this phone to the clinic, one at a time, in the tab that leads; and lets go of those it has. */
export class Courier {
  #running = false
  #stopped = true
  #failures = 0
  #freshStarts = new Map<Id, number>()
  /** Where those lie of which the server has all bytes, and has not said yet whether it keeps them. */
  #sent = new Map<Id, string>()
  #timer: ReturnType<typeof setTimeout> | undefined
  #abort = new AbortController()

  constructor(
    private readonly environment: Environment,
    private readonly replica: Replica,
    private readonly album: Album,
    private readonly hooks: {
      /** The server has so many bytes of it. */
      progress(id: Id, bytes: number): void
      /** The server has all of one: its row will say so. */
      arrived(): void
    },
  ) {}

  start(): void {
    this.#stopped = false
    this.#abort = new AbortController()
    this.wake()
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#abort.abort()
  }

  /** There may be something to bring; a try that is planned stays planned. */
  wake(): void {
    if (this.#running || this.#timer !== undefined || this.#stopped) return
    this.#running = true
    void this.#run()
      .catch(this.environment.report)
      .finally(() => {
        this.#running = false
      })
  }

  /** The network is back: what was waiting for its next try goes now. */
  hurry(): void {
    this.#failures = 0
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.wake()
  }

  /** On their way, or soon; not those which a person has to look at first. */
  get waiting(): Delivery[] {
    const rejected = rejectedPhotos(this.replica)
    return this.album.undelivered.filter((each) => !each.refused && !rejected.has(each.photo_id) && !this.#stored(each))
  }

  /** Of which the server has said that it has them: before a pull, for `settle` after it. */
  get arrived(): Id[] {
    return [...this.album.deliveries.values()].filter(({ arrived }) => arrived).map(({ photo_id }) => photo_id)
  }

  /**
   * After a pull: originals go from this phone when their row says that the clinic keeps the same bytes and the
   * server's backup has the row. One that had arrived before the pull and that its row does not know goes again: the
   * server has been restored.
   */
  async settle(arrivedBefore: readonly Id[]): Promise<void> {
    const unsent = new Set(photosIn(this.replica.outbox))
    const needed = new Set([...unsent, ...photosIn(this.replica.journal)])
    const safe: Id[] = []
    for (const delivery of this.album.deliveries.values()) {
      const { photo_id, arrived } = delivery
      if (this.#stored(delivery)) {
        if (!arrived) await this.album.note(photo_id, { arrived: true })
        if (!needed.has(photo_id)) safe.push(photo_id)
      } else if (arrivedBefore.includes(photo_id) && !unsent.has(photo_id)) {
        if (this.replica.base.get('photo', photo_id)) await this.album.note(photo_id, { arrived: false, url: null })
        // The row is no longer for this person to see; the server had answered for the bytes.
        else if (!needed.has(photo_id)) safe.push(photo_id)
      }
    }
    await this.album.forget(safe)
    this.wake()
  }

  /**
   * For a phone that is full, or soon will be: lets go at once of what the clinic keeps, bytes and row, and has in its backup; without
   * the days for which the journal would keep it here otherwise.
   */
  async makeRoom(): Promise<void> {
    const { outbox, journal, facts } = this.replica
    const notBackedUp = [...journal].filter(([, { seq }]) => seq === null || seq > facts.backed_up_through)
    const needed = new Set([...photosIn(outbox), ...photosIn(new Map(notBackedUp))])
    const safe = [...this.album.deliveries.values()].filter((each) => this.#stored(each) && !needed.has(each.photo_id))
    await this.album.forget(safe.map(({ photo_id }) => photo_id))
  }

  async #run(): Promise<void> {
    for (let next = this.#next(); next && !this.#stopped; next = this.#next()) {
      try {
        if (!(await this.#attempt(next))) return
      } catch (error) {
        if (!(error instanceof StorageError)) throw error
        // A phone that is full cannot note how far a picture has come; later, perhaps.
        return this.#later()
      }
    }
  }

  /** Whether the next one may be tried at once. */
  async #attempt(delivery: Delivery): Promise<boolean> {
    try {
      await this.#bring(delivery)
      this.#failures = 0
      return true
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      return this.#goesOn(delivery, error.failure)
    }
  }

  /**
   * Newest set first, and its pictures in the order in which they were taken: ids sort by time. Asking what became
   * of those that are sent comes last: meanwhile the server looks at them, and their rows may say it.
   */
  #next(): Delivery | undefined {
    const sent = ({ photo_id }: Delivery) => Number(this.#sent.has(photo_id))
    return this.waiting.sort(
      (one, two) => sent(one) - sent(two) || compare(two.set_id, one.set_id) || compare(one.photo_id, two.photo_id),
    )[0]
  }

  /** The clinic keeps the same bytes for it. */
  #stored({ photo_id, sha256 }: Delivery): boolean {
    const row = typed<'photo'>(this.replica.base.get('photo', photo_id))
    return row?.stored === true && row.sha256 === sha256
  }

  async #bring({ photo_id, sha256, url }: Delivery): Promise<void> {
    const { device, register } = this.replica.facts
    if (!device || register) throw new CallError({ kind: 'unreachable' })
    const bytes = await this.album.bytes(photo_id)
    if (!bytes) return this.album.note(photo_id, { refused: 'lost' })
    let remembered = Promise.resolve()
    let place = url ?? this.#sent.get(photo_id) ?? null
    const outcome = await this.environment.upload({
      device,
      photo_id,
      sha256,
      bytes,
      url: place,
      signal: this.#abort.signal,
      begun: (begun) => {
        place = begun
        // Not kept: it begins anew after a reload.
        remembered = this.album.note(photo_id, { url: begun }).catch(() => {})
      },
      progress: (sent) => this.hooks.progress(photo_id, sent),
    })
    await remembered
    if (outcome === 'sent' && place) {
      this.#sent.set(photo_id, place)
      return
    }
    this.#sent.delete(photo_id)
    await this.album.note(photo_id, { arrived: true })
    this.hooks.arrived()
  }

  async #goesOn({ photo_id }: Delivery, failure: Failure): Promise<boolean> {
    if (failure.kind === 'refused') {
      this.#sent.delete(photo_id)
      const code = reasonOf(failure)
      const starts = (this.#freshStarts.get(photo_id) ?? 0) + 1
      if (DAMAGED_ON_THE_WAY.includes(code) && starts <= MAX_FRESH_STARTS) {
        this.#freshStarts.set(photo_id, starts)
        await this.album.note(photo_id, { url: null })
        return true
      }
      // Until somebody signs in; then all of this begins anew.
      if (failure.status === 401 || NOT_UNTIL_SIGNED_IN.includes(code)) return false
      if (FINAL.includes(failure.status)) {
        await this.album.note(photo_id, { refused: code })
        return true
      }
    }
    this.#later()
    return false
  }

  #later(): void {
    this.#failures += 1
    if (this.#stopped) return
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined
        this.wake()
      },
      retryDelay(this.#failures, this.environment.random()),
    )
  }
}

const photosIn = (entries: Entries): unknown[] =>
  [...entries.values()].filter(({ name }) => name === 'photo.add').map(({ args }) => args.id)
const reasonOf = ({ code, fields }: Refusal): string => (typeof fields.reason === 'string' ? fields.reason : code)
const compare = (one: string, two: string): number => (one < two ? -1 : one > two ? 1 : 0)
