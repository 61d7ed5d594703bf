import type { Id } from '../domain/documents'
import { CallError, type LoginAnswer, Server } from '../net'
import { type Lock, StorageError } from '../vault'
import { Account, canaryOf, type Listener } from './account'
import type { OnlineAnswer, Person, Session, SignInAnswer, SignOutAnswer, UnlockAnswer } from './contract'
import type { Channel, Environment } from './environment'
import { watchIdleness } from './idleness'
import { leaseOf, renew } from './lease'
import { Locker } from './locker'
import { answered } from './online'
import { type Roster, RosterBook, storeOf } from './roster'
import { isToBeErased } from './signed-off'

type Form = Parameters<Session['signIn']>[0]

/** Where it is remembered that a store was not sealed to its end. */
const sealingOf = (staffId: Id): string => `meidang.sealing.${staffId}`

/** What comes through the door is told; `everything`: another person, or none. */
interface Heard extends Omit<Listener, 'revoked'> {
  everything(): void
}

/** Who is in: one person's open account, somebody locked out, or nobody. The tabs of this browser agree about it. */
export function createDoor(environment: Environment, heard: Heard) {
  const server = new Server(environment.transport, environment.clock)
  const book = new RosterBook(environment.vault)
  const locker = new Locker(environment)
  let roster: Roster = { people: [], current: null, locks: {} }
  let account: Account | null = null
  let revoked = false
  /** The device of a sign-in that the server has taken, but wants something done before anything else. */
  let owing: Id | null = null
  let channel: Channel | null = null

  async function open(person: Person, key: CryptoKey): Promise<Account> {
    const opened = new Account(person, environment, await environment.vault.open(storeOf(person.id), key), {
      ...heard,
      revoked: () => erase(person),
    })
    await opened.open()
    return opened
  }

  /** The clinic has signed this phone off: nothing of the person stays on it. */
  async function erase(person: Person): Promise<void> {
    // The key first: whatever happens to the rest, nobody can read it any more.
    await book.forget(person.id)
    environment.keeper.forget()
    await environment.vault.erase(storeOf(person.id))
    environment.notepad.set(canaryOf(person.id), null)
    revoked = true
    await reread()
    channel?.post('erased')
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
    heard.everything()
  }

  async function unlocked(person: Person, key: CryptoKey): Promise<void> {
    account = await open(person, key)
    account.takePart()
    environment.keeper.keep(person.id, key)
    heard.everything()
  }

  /** While the app is locked nothing is synced; that the clinic has signed this phone off must be heard all the same. */
  async function lookOutside(): Promise<void> {
    const person = lockedOut()
    if (person && (await isToBeErased(environment, person))) await erase(person)
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
    heard.everything()
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
    channel = environment.channel('meidang', (said) => {
      if (said === 'locked') shut()
      void reread().catch(environment.report)
    })
    watchIdleness(environment, () => account && lock())
    environment.moments((moment) => {
      if (moment === 'front' || moment === 'online') void lookOutside().catch(environment.report)
    })
    await reread().catch(environment.report)
    void lookOutside().catch(environment.report)
  }

  /** The device with which this login has last been here, unless it has to be registered anew. */
  function knownDevice(clinic: string, login: string): Id | undefined {
    const known = roster.people.find((person) => person.clinic === clinic && person.login === login)
    const register = account?.person.id === known?.id && account?.replica.facts.register
    return register ? undefined : known?.device_id
  }

  async function signIn(form: Form): Promise<SignInAnswer> {
    if (!globalThis.crypto?.subtle) return { kind: 'insecure' }
    const { clinic, login: name, password, device, code } = form
    const login = (id?: Id) =>
      server.login({ clinic, login: name, password, ...(code && { code }), device: { ...device, ...(id && { id }) } })
    const known = roster.people.find((person) => person.clinic === clinic && person.login === name)
    const here = known && roster.locks[known.id] && (await locker.open(roster.locks[known.id] as Lock, password))
    try {
      const answer = await login(knownDevice(clinic, name))
      owing = answer.owes && answer.device.id
      if (answer.owes) return { kind: 'owes', what: answer.owes }
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
    { password, previous, anew }: Form,
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
    heard.everything()
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

  function lock(): void {
    shut()
    channel?.post('locked')
  }

  async function unlockWithPasskey(): Promise<UnlockAnswer> {
    const person = lockedOut()
    if (person && leaseOf(environment, person.id) !== 'good') return 'password'
    return unlockWith((lock) => locker.openWithPasskey(lock), 'declined')
  }

  async function addPasskey(password: string): Promise<'added' | 'wrong' | 'declined'> {
    const lock = account && roster.locks[account.person.id]
    if (!account || !lock) return 'declined'
    const added = await locker.addPasskey(lock, password, account.person)
    if (typeof added === 'string') return added
    await book.signIn(account.person, added)
    await reread()
    return 'added'
  }

  /** A call about how the person signs in: who is in, or who has just come and owes it. */
  function settle<T>(path: string, body: object): Promise<OnlineAnswer<T>> {
    const device = owing ?? account?.replica.facts.device ?? ''
    return answered(() => server.call<T>('POST', `/api/auth${path}`, { device, body }))
  }

  async function confirmSecondFactor(code: string): Promise<OnlineAnswer<string[]>> {
    const answer = await settle<{ recovery_codes: string[] }>('/second-factor/confirm', { code })
    return answer.kind === 'ok' ? { kind: 'ok', value: answer.value.recovery_codes } : answer
  }

  const secondFactor = (): Promise<OnlineAnswer<boolean>> =>
    answered(async () => (await server.call<LoginAnswer>('GET', '/api/auth/me')).second_factor)

  async function changePassword(old: string, fresh: string): Promise<OnlineAnswer<null>> {
    const before = account && !owing ? roster.locks[account.person.id] : undefined
    const changed = before && (await locker.change(before, old, fresh))
    if (before && !changed) return { kind: 'refused', code: 'wrong_password', message: '', fields: {} }
    const answer = await settle<null>('/password', { old, new: fresh })
    if (answer.kind === 'ok' && account && changed) {
      await book.keepLock(account.person.id, changed.lock)
      await reread()
      channel?.post('lock changed')
    }
    return answer
  }

  return {
    get account() {
      return account
    },
    get roster() {
      return roster
    },
    /** The clinic has signed this phone off. */
    get revoked() {
      return revoked
    },
    lockedOut,
    start,
    signIn,
    signOut,
    lock,
    unlock: (password: string) => unlockWith((lock) => locker.open(lock, password), 'wrong'),
    unlockWithPasskey,
    addPasskey,
    changePassword,
    secondFactor,
    beginSecondFactor: (password: string) => settle<{ secret: string; uri: string }>('/second-factor', { password }),
    confirmSecondFactor,
    removeSecondFactor: (password: string, code: string) => settle<null>('/second-factor/remove', { password, code }),
  }
}
