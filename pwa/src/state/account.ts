import type { Id, Role, TableName } from '../domain/documents'
import { type Contact, Server } from '../net'
import { type Storage, StorageError } from '../vault'
import { Album, rejectedPhotos } from './album'
import type { Person, SyncAnswer, VerifyAnswer } from './contract'
import { Courier } from './courier'
import type { Environment } from './environment'
import { Escape } from './escape'
import { renew } from './lease'
import { Prefetcher } from './prefetch'
import { refused, unsent } from './queue'
import { concerns, rejectionsToDismiss } from './rejections'
import { type Change, Replica } from './replica'
import { nearlyFull } from './room'
import { storeOf } from './roster'
import { Shelf } from './shelf'
import { type Status, Syncer } from './syncer'
import { Tabs } from './tabs'

type Question = 'sync' | 'hurry' | 'verify'
type News =
  | { changed: Change['buckets'] }
  | { status: Status }
  | { pictures: true }
  | { progress: [photo: Id, bytes: number] }

/** The server's clock comes in whole seconds; below this a difference means nothing. */
const CLOCK_TOLERANCE_MS = 2_000

/** What the rest of the app wants to hear from an open account. */
export interface Listener {
  documents(tables: ReadonlySet<TableName>): void
  queue(): void
  pictures(): void
  status(): void
  /** The clinic has signed this phone off: the store of this person, closed by now, is to be erased. */
  revoked(): Promise<void>
}

/** One signed-in person in this tab: their replica, and the part this tab has in keeping it in step with the server. */
export class Account {
  readonly replica: Replica
  readonly album: Album
  readonly shelf: Shelf
  readonly courier: Courier
  readonly escape: Escape
  #prefetcher: Prefetcher
  readonly server: Server
  status: Status = { phase: 'idle', trouble: null }
  #tabs: Tabs<Question, SyncAnswer | VerifyAnswer, News> | null = null
  #syncer: Syncer
  #arrivedBefore: Id[] = []
  #stopMoments = () => {}
  #contact: Contact | null = null
  #attention: Set<Id> | null = null

  constructor(
    readonly person: Person,
    private readonly environment: Environment,
    readonly storage: Storage,
    private readonly listener: Listener,
  ) {
    const name = storeOf(person.id)
    const roles = () => this.roles
    const actor = {
      id: person.id,
      get roles() {
        return roles()
      },
    }
    this.replica = new Replica(
      storage,
      actor,
      environment.clock,
      (body) => environment.locks.exclusive(`${name}:queue`, body),
      (change) => this.#changed(change),
    )
    const exclusive =
      (lock: string) =>
      <T>(body: () => Promise<T>) =>
        environment.locks.exclusive(lock, body)
    this.album = new Album(storage, exclusive(`${name}:album`), (own) => this.#pictured(own))
    this.shelf = new Shelf(storage, exclusive(`${name}:shelf`), environment.clock)
    this.replica.undelivered = () => this.album.undelivered.map(({ kept_at }) => kept_at)
    this.server = new Server(environment.transport, environment.clock, (contact) => {
      this.#contact = contact
    })
    this.#syncer = new Syncer(environment, this.replica, this.server, {
      changed: (status) => {
        this.#heard(status)
        this.#tabs?.tell({ status })
      },
      fenced: () => this.#tabs?.step(),
      revoked: () => this.#revoked(),
      begins: () => {
        this.#arrivedBefore = this.courier.arrived
      },
      underWay: () => this.courier.waiting.length,
      synchronised: () => this.#synchronised(),
    })
    this.#prefetcher = new Prefetcher(environment, this)
    this.courier = new Courier(environment, this.replica, this.album, {
      progress: (id, bytes) => {
        this.album.sent(id, bytes)
        this.#tabs?.tell({ progress: [id, bytes] })
      },
      arrived: () => void this.#syncer.wake(),
    })
    this.escape = new Escape(storage, this.server, this.replica, this.album, this.courier, environment.clock)
  }

  /** Reads what is on this phone; nothing is shown before. */
  async open(): Promise<void> {
    const remembered = Number(this.environment.notepad.get(this.#canary) ?? 0)
    await this.replica.open()
    await this.album.load()
    if (this.replica.facts.device === null) this.replica.missing = remembered
    this.#remember()
  }

  /** Begins to take part: leads, or follows another tab that does. */
  takePart(): void {
    this.#tabs ??= new Tabs<Question, SyncAnswer | VerifyAnswer, News>(this.environment, storeOf(this.person.id), {
      lead: async () => {
        this.replica.fence = await this.storage.takeFence()
        await this.replica.reload(null)
        this.#syncer.start()
        this.courier.start()
        this.listener.status()
      },
      follow: () => {
        this.#syncer.stop()
        this.courier.stop()
        this.replica.fence = undefined
        this.listener.status()
      },
      answer: (question) => {
        if (question === 'verify') return this.#syncer.verify()
        if (question === 'hurry') this.courier.hurry()
        else this.courier.wake()
        return question === 'hurry' ? this.#syncer.hurry() : this.#syncer.wake()
      },
      hear: (news) => {
        if ('status' in news) this.#heard(news.status)
        else if ('progress' in news) this.album.sent(...news.progress)
        else if ('pictures' in news) this.#pictureNews().catch(this.environment.report)
        else this.replica.reload(news.changed).catch(this.environment.report)
      },
      silence: { kind: 'trouble', code: 'no_answer' },
    })
    this.#stopMoments = this.environment.moments((moment) => {
      this.listener.status()
      if (moment === 'away') return
      if (moment === 'front') void this.#reread().catch(this.environment.report)
      if (moment !== 'offline') void this.sync(moment === 'online' ? 'hurry' : 'sync')
    })
  }

  /** As the directory says now: roles may have changed since the sign-in. */
  get roles(): Role[] {
    return this.replica.view.get('staff', this.person.id)?.roles ?? this.person.roles
  }

  /** Rows that a refused mutation is about. */
  get attention(): ReadonlySet<Id> {
    this.#attention ??= new Set(refused(this.replica.outbox, this.replica.journal).flatMap(concerns))
    return this.#attention
  }

  /** Items that the clinic has not got: entries, and bytes of pictures. */
  get unsent(): number {
    return unsent(this.replica.outbox).length + this.album.undelivered.length
  }

  get leading(): boolean {
    return this.#tabs?.leading ?? false
  }

  /** This tab leads from now on, with the store as it is: for a sign-in. */
  async lead(): Promise<void> {
    this.takePart()
    await this.#tabs?.takeLead()
  }

  async sync(question: 'sync' | 'hurry' = 'sync'): Promise<SyncAnswer> {
    return ((await this.#tabs?.ask(question)) ?? { kind: 'needs_sign_in' }) as SyncAnswer
  }

  /** All of it, now: also what could still have been taken back. */
  async sendAll(): Promise<SyncAnswer> {
    await this.replica.release().catch(this.environment.report)
    return this.sync('hurry')
  }

  /** What waits here as a file, on which no other tab may put numbers meanwhile. */
  async saveUnsent(): Promise<Blob | null> {
    await this.lead()
    return this.escape.file()
  }

  async verify(): Promise<VerifyAnswer> {
    return ((await this.#tabs?.ask('verify')) ?? { kind: 'trouble', code: 'no_answer' }) as VerifyAnswer
  }

  /** Lets go of what can be had again: for something new that cannot. */
  async makeRoom(): Promise<void> {
    for (const letGo of [() => this.courier.makeRoom(), () => this.shelf.clear()]) {
      await letGo().catch((error) => {
        // A phone that is full may even refuse to forget.
        if (!(error instanceof StorageError)) this.environment.report(error)
      })
    }
  }

  /** A smaller picture from the server, kept here from then on; null when it cannot be had now. */
  rendition = async (photoId: Id, size: 'thumb' | 'screen'): Promise<ArrayBuffer | null> => {
    const key = `${photoId}/${size}`
    const downloaded = await this.environment.download(`/api/photos/${key}`)
    if (!downloaded) return null
    await this.shelf.put(key, downloaded.bytes)
    return downloaded.bytes
  }

  /** The bytes of a refused picture go with it when its person discards it; not when it was sent anew. */
  async dropPicture(photoId: Id): Promise<void> {
    if (this.replica.view.get('photo', photoId) || rejectedPhotos(this.replica).has(photoId)) return
    await this.album.forget([photoId])
  }

  close(): void {
    this.#stopMoments()
    this.#syncer.stop()
    this.courier.stop()
    this.#tabs?.close()
    this.replica.close()
  }

  get #canary(): string {
    return canaryOf(this.person.id)
  }

  /** Own changes are told to the other tabs; so are those of a reload, but nobody has to read anything because of them. */
  #changed({ tables, buckets, own }: Change): void {
    if (own) this.#tabs?.tell({ changed: buckets })
    this.#attention = null
    this.#remember()
    this.listener.documents(tables)
    this.listener.queue()
  }

  #pictured(own: boolean): void {
    if (own) this.#tabs?.tell({ pictures: true })
    this.#remember()
    this.listener.pictures()
  }

  /** Another tab has kept a picture, or decided about one: if this tab leads, it brings it. */
  async #pictureNews(): Promise<void> {
    await this.album.load()
    this.courier.wake()
  }

  /** What other tabs may have written while this one slept. */
  async #reread(): Promise<void> {
    await this.replica.reload(null)
    await this.album.load()
  }

  #heard(status: Status): void {
    this.status = status
    this.listener.status()
  }

  /** The canary: if the store comes up empty one day, this says what is missing. */
  #remember(): void {
    if (this.replica.missing > 0) return
    const count = this.unsent
    this.environment.notepad.set(this.#canary, count > 0 ? String(count) : null)
  }

  async #synchronised(): Promise<void> {
    const last_contact = new Date(this.environment.clock()).toISOString()
    await this.replica.note({ last_contact, offset_ms: this.#offset() })
    renew(this.environment, this.person.id)
    await this.courier.settle(this.#arrivedBefore)
    if (await nearlyFull(this.environment)) await this.courier.makeRoom()
    void this.escape.exchange().catch(this.environment.report)
    void this.#prefetcher.run().catch(this.environment.report)
    for (const id of rejectionsToDismiss(this.replica)) await this.replica.enqueue('rejection.dismiss', { id })
  }

  #offset(): number {
    const { here, there } = this.#contact ?? { here: 0, there: null }
    if (there === null) return this.replica.facts.offset_ms
    return Math.abs(there - here) < CLOCK_TOLERANCE_MS ? 0 : Math.round(there - here)
  }

  async #revoked(): Promise<void> {
    if (this.replica.facts.device) await this.server.logout(this.replica.facts.device).catch(() => {})
    this.close()
    await this.listener.revoked()
  }
}

/** Where the number of a person's unsent items is remembered outside the database. */
export const canaryOf = (staffId: string): string => `meidang.unsent.${staffId}`
