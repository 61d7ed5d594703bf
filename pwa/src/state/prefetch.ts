import type { Account } from './account'
import type { Environment } from './environment'
import { nearlyFull } from './room'

const EVERY_MS = 10 * 60_000
/** A day's baselines; more would push out what has been looked at. */
const MOST = 300

/** Fetches the pictures that today's work will be laid over, so that they are there without a network. */
export class Prefetcher {
  #last = Number.NEGATIVE_INFINITY
  #running = false

  constructor(
    private readonly environment: Environment,
    private readonly account: Pick<Account, 'replica' | 'rendition' | 'shelf' | 'album'>,
  ) {}

  /** After a round with the server. */
  async run(): Promise<void> {
    const { replica } = this.account
    if (this.#running || this.environment.clock() - this.#last < EVERY_MS) return
    const sets = replica.view.all('photo_set')
    const [clinic] = replica.view.all('clinic')
    if (sets.length === 0 || !clinic) return
    this.#running = true
    this.#last = this.environment.clock()
    try {
      const { baselinesFor } = await import('../domain/photosets/baselines')
      const file = {
        sets,
        appointments: replica.view.all('appointment'),
        treatments: replica.view.all('treatment'),
        photosOf: (set: string) => replica.view.by('photo', 'set_id', set),
      }
      const today = { now: new Date(replica.now()).toISOString(), timezone: clinic.timezone }
      for (const photo of baselinesFor(file, today).slice(0, MOST)) if (!(await this.#fetch(photo))) return
    } finally {
      this.#running = false
    }
  }

  /** False where there is no point in going on. */
  async #fetch(photo: string): Promise<boolean> {
    const { shelf, rendition, album } = this.account
    if (album.deliveries.has(photo) || (await shelf.has(`${photo}/screen`))) return true
    if (await nearlyFull(this.environment)) return false
    // What the clinic has not got yet is skipped; without a network there is nothing to be had.
    return (await rendition(photo, 'screen')) !== null || this.environment.online()
  }
}
