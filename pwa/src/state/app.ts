import type { Id, TableName } from '../domain/documents'
import { CallError, type LoginAnswer, Server } from '../net'
import { type Lock, StorageError } from '../vault'
import { Account, canaryOf } from './account'
import type {
  Drafts,
  Mutate,
  MutateAnswer,
  Online,
  Person,
  Pictures,
  RecordState,
  Records,
  Session,
  SignInAnswer,
  SignOutAnswer,
  StorageState,
  Sync,
  Undo,
  UnlockAnswer,
} from './contract'
import { draftsIn } from './drafts'
import type { Channel, Environment } from './environment'
import { watchIdleness } from './idleness'
import { leaseOf, renew } from './lease'
import { Locker } from './locker'
import { onlineWith } from './online'
import { picturesWith } from './pictures'
import { oldest, unsent } from './queue'
import { rejectedEntries, rejectionIdOf } from './rejections'
import { type Roster, RosterBook, storeOf } from './roster'
import { Signal } from './signal'
import { isToBeErased } from './signed-off'

/** Before the browser has been asked. */
const NO_STORAGE: StorageState = { usage_bytes: null, quota_bytes: null, persisted: null, full: false }

export interface App {
  start(): Promise<void>
  records: Records
  session: Session
  sync: Sync
  mutate: Mutate
  undo: Undo
  online: Online
  pictures: Pictures
  drafts: Drafts
  now(): number
}

/** Where it is remembered that a store was not sealed to its end. */
const sealingOf = (staffId: Id): string => `meidang.sealing.${staffId}`

/** The whole of state behind the contract; everything outside comes with the environment. */
export function createApp(environment: Environment): App {
  const book = new RosterBook(environment.vault)
  const tables = new Map<TableName, Signal>()
  const queue = new Signal()
  const status = new Signal()
  const people = new Signal()
  const album = new Signal()
  const locker = new Locker(environment)
  let roster: Roster = { people: [], current: null, locks: {} }
  let account: Account | null = null
  let started = false
  let revoked = false
  let storage = NO_STORAGE
  let channel: Channel | null = null

  const signalOf = (table: TableName): Signal => {
    let signal = tables.get(table)
    if (!signal) {
      signal = new Signal()
      tables.set(table, signal)
    }
    return signal
  }
  const everything = () => {
    for (const signal of [...tables.values(), queue, status, people, album]) signal.announce()
  }

  async function open(person: Person, key: CryptoKey): Promise<Account> {
    const opened = new Account(person, environment, await environment.vault.open(storeOf(person.id), key), {
      documents: (changed) => {
        for (const table of changed) tables.get(table)?.announce()
      },
      queue: () => queue.announce(),
      pictures: () => album.announce(),
      status: () => status.announce(),
      revoked: async () => {
        // The key first: whatever happens to the rest, nobody can read it any more.
        await book.forget(person.id)
        environment.keeper.forget()
      },
      erased: () => {
        revoked = true
        account = null
        void reread()
          .then(() => channel?.post('erased'))
          .catch(environment.report)
      },
    })
    await opened.open()
    return opened
  }

  /** Opens or closes what the roster says; another tab may have written it. */
  async function reread(): Promise<void> {
    roster = await book.read()
    const current = roster.people.find(({ id }) => id === roster.current)
    if (account && account.person.id !== current?.id) {
      account.close()
      account = null
    }
    const key = current && !account && (await environment.keeper.take(current.id))
    if (key) await unlocked(current, key)
    everything()
  }

  async function unlocked(person: Person, key: CryptoKey): Promise<void> {
    account = await open(person, key)
    account.takePart()
    environment.keeper.keep(person.id, key)
    everything()
  }

  /** While the app is locked nothing is synced; that the clinic has signed this phone off must be heard all the same. */
  async function lookAtTheDoor(): Promise<void> {
    const person = lockedOut()
    if (!person || !(await isToBeErased(environment, person))) return
    // The key first: whatever happens to the rest, nobody can read it any more.
    await book.forget(person.id)
    await environment.vault.erase(storeOf(person.id))
    environment.notepad.set(canaryOf(person.id), null)
    revoked = true
    await reread()
    channel?.post('erased')
  }

  const lockedOut = (): Person | null => {
    const current = roster.people.find(({ id }) => id === roster.current)
    return !account && current && roster.locks[current.id] ? current : null
  }

  /** Forgets the key and all that was read with it. */
  function shut(): void {
    environment.keeper.forget()
    account?.close()
    account = null
    everything()
  }

  async function unlockWith(find: (lock: Lock) => Promise<CryptoKey | null>, not: UnlockAnswer): Promise<UnlockAnswer> {
    const person = lockedOut()
    const lock = person && roster.locks[person.id]
    const key = lock && (await find(lock))
    if (!key) return not
    try {
      await unlocked(person, key)
      channel?.post('unlocked')
      return 'unlocked'
    } catch (error) {
      environment.report(error)
      return 'storage'
    }
  }

  async function start(): Promise<void> {
    channel = environment.channel('meidang', (heard) => {
      if (heard === 'locked') shut()
      void reread().catch(environment.report)
    })
    watchIdleness(environment, () => account && session.lock())
    environment.moments((moment) => {
      if (moment === 'front' || moment === 'online') void lookAtTheDoor().catch(environment.report)
    })
    try {
      await reread()
    } catch (error) {
      environment.report(error)
    }
    started = true
    everything()
    void refreshStorage()
    void lookAtTheDoor().catch(environment.report)
  }

  async function refreshStorage(): Promise<void> {
    storage = { ...(await environment.estimate()), full: storage.full }
    status.announce()
  }

  const mutate: Mutate = async (name, args, options) => {
    if (!account) return { kind: 'not_saved', reason: 'signed_out' }
    const answer = await account.replica.enqueue(name, args, options?.hold_ms)
    wrote(answer)
    return answer
  }

  function wrote(answer: MutateAnswer): void {
    if (answer.kind !== 'refused')
      storage = { ...storage, full: answer.kind === 'not_saved' && answer.reason === 'full' }
    status.announce()
    if (answer.kind === 'saved') void account?.sync()
  }

  /** The device with which this login has last been here, unless it has to be registered anew. */
  function knownDevice(clinic: string, login: string): Id | undefined {
    const known = roster.people.find((person) => person.clinic === clinic && person.login === login)
    const register = account?.person.id === known?.id && account?.replica.facts.register
    return register ? undefined : known?.device_id
  }

  async function signIn(form: Parameters<Session['signIn']>[0]): Promise<SignInAnswer> {
    if (!globalThis.crypto?.subtle) return { kind: 'insecure' }
    const { clinic, login: name, password, device } = form
    const server = new Server(environment.transport, environment.clock)
    const login = (id?: Id) => server.login({ clinic, login: name, password, device: { ...device, ...(id && { id }) } })
    const known = roster.people.find((person) => person.clinic === clinic && person.login === name)
    const here = known && roster.locks[known.id] && (await locker.open(roster.locks[known.id] as Lock, password))
    try {
      const answer = await login(knownDevice(clinic, name))
      const way = await wayIn(answer.staff.id, here, form)
      if (!way) return { kind: 'password_changed', unsent: Number(environment.notepad.get(canaryOf(answer.staff.id))) }
      await settleIn(clinic, answer, login, way)
      return { kind: 'signed_in' }
    } catch (error) {
      // Who knows the password of a store on this phone may work in it without the server.
      if (here && error instanceof CallError && error.failure.kind === 'unreachable') {
        await change(known, roster.locks[known.id] as Lock, here)
        return { kind: 'signed_in' }
      }
      if (error instanceof StorageError) return { kind: 'storage' }
      if (!(error instanceof CallError)) throw error
      const { failure } = error
      return failure.kind === 'unreachable'
        ? { kind: 'offline' }
        : { kind: 'refused', code: failure.code, message: failure.message }
    }
  }

  /** Another person of this phone takes over, as far as this phone is concerned. */
  async function change(person: Person, lock: Lock, key: CryptoKey): Promise<void> {
    account?.close()
    account = null
    await book.signIn(person, lock)
    roster = await book.read()
    await unlocked(person, key)
    channel?.post('signed in')
  }

  /** The key of the person's store, and the lock that this password opens; null: it was locked with another password. */
  async function wayIn(
    id: Id,
    tried: CryptoKey | null | undefined,
    { password, previous, anew }: Parameters<Session['signIn']>[0],
  ): Promise<{ lock: Lock; key: CryptoKey } | null> {
    const lock = roster.locks[id]
    // Somebody whose first sign-in was cut short has a lock here, and no name yet.
    const key = lock && tried === undefined ? await locker.open(lock, password) : tried
    if (lock && !key && !anew) return previous ? locker.change(lock, previous, password) : null
    const way = lock && key ? { lock, key } : await locker.make(password)
    if (lock && !key) await environment.vault.erase(storeOf(id))
    if (way.lock !== lock) {
      // Kept before anything is sealed with it: a key that is lost takes all of it along.
      environment.notepad.set(sealingOf(id), 'begun')
      await book.keepLock(id, way.lock)
    }
    if (environment.notepad.get(sealingOf(id))) await environment.vault.seal(storeOf(id), way.key)
    environment.notepad.set(sealingOf(id), null)
    return way
  }

  /** Opens the person's store and makes it and the server's device agree, registering anew where they cannot. */
  async function settleIn(
    clinic: string,
    answer: LoginAnswer,
    login: () => Promise<LoginAnswer>,
    { lock, key }: { lock: Lock; key: CryptoKey },
  ): Promise<void> {
    const person: Person = { ...answer.staff, clinic, device_id: answer.device.id }
    account?.close()
    account = null
    const opened = await open(person, key)
    await opened.lead()
    const { replica } = opened
    let { device, applied_through } = answer
    const continues = device.id === replica.facts.device && !replica.facts.register
    if (!continues || (applied_through < replica.facts.applied_through && !(await replica.refill(applied_through)))) {
      if (device.id === replica.facts.device) ({ device, applied_through } = await login())
      await replica.adopt(device.id, applied_through)
    }
    revoked = false
    account = opened
    await book.signIn({ ...person, device_id: device.id }, lock)
    environment.keeper.keep(person.id, key)
    renew(environment, person.id)
    roster = await book.read()
    channel?.post('signed in')
    everything()
    void opened.sync('hurry')
  }

  async function signOut({ anyway } = { anyway: false }): Promise<SignOutAnswer> {
    const leaving = account
    if (!leaving) return { kind: 'signed_out' }
    const count = leaving.unsent
    if (count > 0 && !anyway) return { kind: 'unsent', count }
    account = null
    environment.keeper.forget()
    await book.signOut()
    const { device } = leaving.replica.facts
    leaving.close()
    if (device) void leaving.server.logout(device).catch(() => {})
    channel?.post('signed out')
    await reread()
    return { kind: 'signed_out' }
  }

  const records: Records = {
    get(table, id) {
      signalOf(table).track()
      return id ? account?.replica.view.get(table, id) : undefined
    },
    all(table) {
      signalOf(table).track()
      return account?.replica.view.all(table) ?? []
    },
    by(table, field, value) {
      signalOf(table).track()
      return account?.replica.view.by(table, field, value) ?? []
    },
    recordState(table, id): RecordState {
      queue.track()
      if (!account) return 'sent'
      if (account.attention.has(id)) return 'attention'
      const { view, outbox } = account.replica
      return view.touchedBy(table, id).some((n) => outbox.get(n)?.state === 'waiting') ? 'phone' : 'sent'
    },
    get clinic() {
      return records.all('clinic')[0]
    },
  }

  const session: Session = {
    get started() {
      people.track()
      return started
    },
    get person() {
      people.track()
      signalOf('staff').track()
      return account ? { ...account.person, roles: account.roles } : null
    },
    get people() {
      people.track()
      return roster.people.map((person) => ({
        person,
        unsent: Number(environment.notepad.get(canaryOf(person.id)) ?? 0),
      }))
    },
    get missing() {
      people.track()
      return account?.replica.missing ?? 0
    },
    get locked() {
      people.track()
      return lockedOut()
    },
    get lapsed() {
      status.track()
      return account !== null && leaseOf(environment, account.person.id) === 'lapsed'
    },
    get hasPasskey() {
      people.track()
      return Boolean(roster.current && roster.locks[roster.current]?.passkey)
    },
    signIn,
    signOut,
    lock() {
      shut()
      channel?.post('locked')
    },
    unlock: (password) => unlockWith((lock) => locker.open(lock, password), 'wrong'),
    async unlockWithPasskey() {
      const person = lockedOut()
      if (person && leaseOf(environment, person.id) !== 'good') return 'password'
      return unlockWith((lock) => locker.openWithPasskey(lock), 'declined')
    },
    canHavePasskey: () => environment.passkeys.available(),
    async addPasskey(password) {
      const lock = account && roster.locks[account.person.id]
      if (!account || !lock) return 'declined'
      const added = await locker.addPasskey(lock, password, account.person)
      if (typeof added === 'string') return added
      await book.signIn(account.person, added)
      await reread()
      return 'added'
    },
  }

  const sync: Sync = {
    get phase() {
      status.track()
      return revoked ? 'revoked' : (account?.status.phase ?? 'idle')
    },
    get online() {
      status.track()
      return environment.online()
    },
    get trouble() {
      status.track()
      return account?.status.trouble ?? null
    },
    get leader() {
      status.track()
      return account?.leading ?? false
    },
    get storage() {
      status.track()
      return { ...storage, full: storage.full || account?.status.trouble === 'storage_full' }
    },
    get firstSyncComplete() {
      queue.track()
      return account?.replica.facts.first_sync_complete ?? false
    },
    get lastContact() {
      queue.track()
      return account?.replica.facts.last_contact ?? null
    },
    get pendingCount() {
      queue.track()
      return account ? unsent(account.replica.outbox).length : 0
    },
    get oldestPendingAt() {
      queue.track()
      return account ? oldest(unsent(account.replica.outbox)) : null
    },
    get waiting() {
      queue.track()
      return [...(account?.replica.outbox ?? [])]
        .filter(([, { state, first }]) => state !== 'rejected' && first !== 'rejected')
        .sort(([one], [other]) => one - other)
        .map(([, { id, name, args, at, state }]) => ({
          id,
          name,
          args,
          at,
          state:
            state === 'parked' ? ('parked' as const) : state === 'applied' ? ('sent' as const) : ('phone' as const),
        }))
    },
    get rejected() {
      queue.track()
      signalOf('rejection').track()
      return account ? rejectedEntries(account.replica) : []
    },
    async syncNow() {
      if (account) return account.sendAll()
      return revoked ? { kind: 'revoked' } : { kind: 'needs_sign_in' }
    },
    async verify() {
      return account ? account.verify() : { kind: 'trouble', code: 'unauthenticated' }
    },
    async resend(id, args) {
      const rejected = sync.rejected.find((entry) => entry.id === id)
      if (!rejected) return { kind: 'saved', id }
      const answer = await mutate(rejected.name, args as never)
      if (answer.kind === 'saved') await sync.discard(id)
      return answer
    },
    async discard(id) {
      if (!account) return { kind: 'not_saved', reason: 'signed_out' }
      const { replica } = account
      try {
        const discarded = rejectedEntries(replica).find((entry) => entry.id === id)
        const published = (await replica.deal(id)) ? rejectionIdOf(id) : id
        if (discarded?.name === 'photo.add') await account.dropPicture(String(discarded.args.id))
        if (replica.view.get('rejection', published)) return mutate('rejection.dismiss', { id: published })
        return { kind: 'saved', id }
      } catch (error) {
        if (!(error instanceof StorageError)) throw error
        return { kind: 'not_saved', reason: error.kind === 'full' ? 'full' : 'storage' }
      }
    },
    refreshStorage,
  }

  return {
    start,
    records,
    session,
    sync,
    mutate,
    undo: async (id) => (await account?.replica.takeBack(id)) ?? false,
    online: onlineWith(() => account),
    pictures: picturesWith(environment, () => account, records, album, queue, wrote),
    drafts: draftsIn(() => account?.storage ?? null, environment.clock, environment.report),
    now: () => account?.replica.now() ?? environment.clock(),
  }
}
