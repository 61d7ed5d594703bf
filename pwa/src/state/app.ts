import type { TableName } from '../domain/documents'
import { StorageError } from '../vault'
import { canaryOf } from './account'
import type {
  Drafts,
  Mutate,
  MutateAnswer,
  Online,
  Pictures,
  RecordState,
  Records,
  Session,
  StorageState,
  Sync,
  Undo,
} from './contract'
import { createDoor } from './door'
import { draftsIn } from './drafts'
import type { Environment } from './environment'
import { chooseLockAfter, lockAfter } from './idleness'
import { leaseOf } from './lease'
import { onlineWith } from './online'
import { picturesWith } from './pictures'
import { oldest, unsent } from './queue'
import { rejectedEntries, rejectionIdOf } from './rejections'
import { Signal } from './signal'

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

/** The whole of state behind the contract; everything outside comes with the environment. */
export function createApp(environment: Environment): App {
  const tables = new Map<TableName, Signal>()
  const queue = new Signal()
  const status = new Signal()
  const people = new Signal()
  const album = new Signal()
  let started = false
  let storage = NO_STORAGE

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

  const door = createDoor(environment, {
    documents: (changed) => {
      for (const table of changed) tables.get(table)?.announce()
    },
    queue: () => queue.announce(),
    pictures: () => album.announce(),
    status: () => status.announce(),
    everything,
  })

  async function start(): Promise<void> {
    await door.start()
    started = true
    everything()
    void refreshStorage()
  }

  async function refreshStorage(): Promise<void> {
    storage = { ...(await environment.estimate()), full: storage.full }
    status.announce()
  }

  const mutate: Mutate = async (name, args, options) => {
    if (!door.account) return { kind: 'not_saved', reason: 'signed_out' }
    const answer = await door.account.replica.enqueue(name, args, options?.hold_ms)
    wrote(answer)
    return answer
  }

  function wrote(answer: MutateAnswer): void {
    if (answer.kind !== 'refused')
      storage = { ...storage, full: answer.kind === 'not_saved' && answer.reason === 'full' }
    status.announce()
    if (answer.kind === 'saved') void door.account?.sync()
  }

  const records: Records = {
    get(table, id) {
      signalOf(table).track()
      return id ? door.account?.replica.view.get(table, id) : undefined
    },
    all(table) {
      signalOf(table).track()
      return door.account?.replica.view.all(table) ?? []
    },
    by(table, field, value) {
      signalOf(table).track()
      return door.account?.replica.view.by(table, field, value) ?? []
    },
    recordState(table, id): RecordState {
      queue.track()
      if (!door.account) return 'sent'
      if (door.account.attention.has(id)) return 'attention'
      const { view, outbox } = door.account.replica
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
      return door.account ? { ...door.account.person, roles: door.account.roles } : null
    },
    get people() {
      people.track()
      return door.roster.people.map((person) => ({
        person,
        unsent: Number(environment.notepad.get(canaryOf(person.id)) ?? 0),
      }))
    },
    get missing() {
      people.track()
      return door.account?.replica.missing ?? 0
    },
    get locked() {
      people.track()
      return door.lockedOut()
    },
    get lapsed() {
      status.track()
      return door.account !== null && leaseOf(environment, door.account.person.id) === 'lapsed'
    },
    get hasPasskey() {
      people.track()
      return Boolean(door.roster.current && door.roster.locks[door.roster.current]?.passkey)
    },
    signIn: door.signIn,
    signOut: door.signOut,
    lock: door.lock,
    unlock: door.unlock,
    unlockWithPasskey: door.unlockWithPasskey,
    canHavePasskey: () => environment.passkeys.available(),
    addPasskey: door.addPasskey,
    changePassword: door.changePassword,
    secondFactor: door.secondFactor,
    beginSecondFactor: door.beginSecondFactor,
    confirmSecondFactor: door.confirmSecondFactor,
    removeSecondFactor: door.removeSecondFactor,
    get lockAfter() {
      people.track()
      return lockAfter(environment)
    },
    chooseLockAfter(minutes) {
      chooseLockAfter(environment, minutes)
      people.announce()
    },
  }

  const sync: Sync = {
    get phase() {
      status.track()
      return door.revoked ? 'revoked' : (door.account?.status.phase ?? 'idle')
    },
    get online() {
      status.track()
      return environment.online()
    },
    get trouble() {
      status.track()
      return door.account?.status.trouble ?? null
    },
    get leader() {
      status.track()
      return door.account?.leading ?? false
    },
    get storage() {
      status.track()
      return { ...storage, full: storage.full || door.account?.status.trouble === 'storage_full' }
    },
    get firstSyncComplete() {
      queue.track()
      return door.account?.replica.facts.first_sync_complete ?? false
    },
    get lastContact() {
      queue.track()
      return door.account?.replica.facts.last_contact ?? null
    },
    get pendingCount() {
      queue.track()
      return door.account ? unsent(door.account.replica.outbox).length : 0
    },
    get oldestPendingAt() {
      queue.track()
      return door.account ? oldest(unsent(door.account.replica.outbox)) : null
    },
    get waiting() {
      queue.track()
      return [...(door.account?.replica.outbox ?? [])]
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
      return door.account ? rejectedEntries(door.account.replica) : []
    },
    async syncNow() {
      if (door.account) return door.account.sendAll()
      return door.revoked ? { kind: 'revoked' } : { kind: 'needs_sign_in' }
    },
    async saveUnsent() {
      const refusedFor = (code: string) => ({ kind: 'refused' as const, code, message: '', fields: {} })
      if (!door.account) return refusedFor('unauthenticated')
      try {
        const file = await door.account.saveUnsent()
        return file ? { kind: 'ok', value: file } : refusedFor('no_key')
      } catch (error) {
        if (!(error instanceof StorageError)) throw error
        return refusedFor(`storage_${error.kind}`)
      }
    },
    async verify() {
      return door.account ? door.account.verify() : { kind: 'trouble', code: 'unauthenticated' }
    },
    async resend(id, args) {
      const rejected = sync.rejected.find((entry) => entry.id === id)
      if (!rejected) return { kind: 'saved', id }
      const answer = await mutate(rejected.name, args as never)
      if (answer.kind === 'saved') await sync.discard(id)
      return answer
    },
    async discard(id) {
      if (!door.account) return { kind: 'not_saved', reason: 'signed_out' }
      const { replica } = door.account
      try {
        const discarded = rejectedEntries(replica).find((entry) => entry.id === id)
        const published = (await replica.deal(id)) ? rejectionIdOf(id) : id
        if (discarded?.name === 'photo.add') await door.account.dropPicture(String(discarded.args.id))
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
    undo: async (id) => (await door.account?.replica.takeBack(id)) ?? false,
    online: onlineWith(() => door.account),
    pictures: picturesWith(environment, () => door.account, records, album, queue, wrote),
    drafts: draftsIn(() => door.account?.storage ?? null, environment.clock, environment.report),
    now: () => door.account?.replica.now() ?? environment.clock(),
  }
}
