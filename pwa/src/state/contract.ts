/**
 * What the screens and actions build on. Every getter and reader below tracks: used inside a computed, a watch or a
 * template it is evaluated again when the answer has changed. Documents are never changed in place: read, do not write.
 */
import type { ConsentPurpose, Documents, Id, Instant, Role, TableName } from '../domain/documents'
import type { MutationName, Mutations } from '../domain/mutations'
import type { Alignment } from '../domain/overlay'
import type { Refusal } from '../domain/refusal'
import type { Report, ReportQuery } from '../domain/report'
import type { VipMonths } from '../domain/vip/monthly'

/** phone: only here. sent: the server has it. attention: the server refused something about it. */
export type RecordState = 'phone' | 'sent' | 'attention'

export interface Records {
  get<T extends TableName>(table: T, id: Id | null | undefined): Documents[T] | undefined
  all<T extends TableName>(table: T): Documents[T][]
  /** Documents whose `field` is `value`; indexed, any field of ids will do. */
  by<T extends TableName>(table: T, field: keyof Documents[T] & string, value: Id): Documents[T][]
  recordState(table: TableName, id: Id): RecordState
  /** The clinic of the person signed in; undefined before the first sync. */
  readonly clinic: Documents['clinic'] | undefined
}

/**
 * `saved`: durable on this phone and visible in `records`. `refused`: the rules say no, nothing was kept.
 * `not_saved`: the phone could not keep it (full, or its storage failed); the entry is NOT saved and must be repeated.
 */
export type MutateAnswer =
  | { kind: 'saved'; id: Id }
  | { kind: 'refused'; refusal: Refusal }
  | { kind: 'not_saved'; reason: 'full' | 'storage' | 'signed_out' }

/**
 * `hold_ms` (asked for by the screens, for "undo"): saved and visible at once like any other, but not sent before that
 * time has passed. The app may be closed meanwhile: it is sent when it is next open, without being asked again.
 */
export type Mutate = <N extends MutationName>(
  name: N,
  args: Mutations[N],
  options?: { hold_ms: number },
) => Promise<MutateAnswer>

/** Takes back a mutation that is still held, by the id `mutate` answered; false when it is already on its way. */
export type Undo = (id: Id) => Promise<boolean>

/** A device of the person (for a clinic_admin: of anybody of the clinic), as GET /api/devices tells it. */
export interface Device {
  id: Id
  /** Whose it is. */
  staff_id: Id
  staff_name: string
  name: string
  platform: string
  last_contact: Instant | null
  /** Items that it last said it could not hand in yet. */
  unsent: number
  revoked_at: Instant | null
}

/** What became of an escape file. `known`: had arrived before. `waiting`: until other phones have brought what it refers to. */
export interface TakenIn {
  staff_name: string
  device_name: string
  made_at: Instant
  entries: { taken: number; known: number; waiting: number; refused: number }
  /** Pictures. `missing`: the file was cut off. */
  originals: { taken: number; known: number; refused: number; missing: number }
  /** `name`: of the mutation, or `original`. */
  refusals: { name: MutationName | 'original'; at: Instant | null; code: string }[]
}

/** What needs the server at this moment. `offline` is an answer, not an error. */
export type OnlineAnswer<T> =
  | { kind: 'ok'; value: T }
  | { kind: 'offline' }
  | { kind: 'refused'; message: string; code: string; fields: Record<string, unknown> }

/** What makes a person of the clinic: who they are, what they may. */
export interface PersonFacts {
  name: string
  roles: Role[]
  partner_id: Id | null
}

/** What of the audit trail: about a customer, a picture or any record, by a person, looks or changes, of which field, days of the clinic. */
export interface AuditQuestion {
  about?: Id
  by?: Id
  kind?: 'looks' | 'changes'
  field?: string
  from?: string
  to?: string
  before?: number
}

/** One act. `fields`: names of what was set. `staff_id` null: the clinic's server by itself. */
export interface AuditEntry {
  n: number
  at: Instant
  received_at: Instant
  staff_id: Id | null
  device: string | null
  name: string
  status: string
  code: string | null
  fields: string[]
  customer_id: Id | null
  photo_id: Id | null
}

/** Asked for by the screens: everything that is not synced and so works online only. */
export interface Online {
  /** GET /api/customers/search: customers beyond the working set, as the person may see them. */
  searchCustomers(query: string): Promise<OnlineAnswer<FoundCustomer[]>>
  /** GET /api/devices */
  devices(): Promise<OnlineAnswer<Device[]>>
  /** POST /api/devices/<id>/revoke. collect: may still hand in its unsent work; wipe: forgets all at once. */
  revokeDevice(id: Id, mode: 'collect' | 'wipe'): Promise<OnlineAnswer<null>>
  /** POST /api/escape: what a phone saved with `sync.saveUnsent`. Refused `escape_refused`: `fields.reason` says why. */
  takeIn(file: Blob): Promise<OnlineAnswer<TakenIn>>
  /** POST /api/staff: a person who can sign in at once. Refused `conflict`: the sign-in name is taken. */
  addPerson(person: PersonFacts & { id: Id; login: string; password: string }): Promise<OnlineAnswer<null>>
  /** PATCH /api/staff/<id>. Refused `gate`: they are the only administrator. */
  changePerson(id: Id, facts: PersonFacts): Promise<OnlineAnswer<null>>
  /** POST /api/staff/<id>/leave: out at once, everywhere. Refused `gate`: they are the only administrator. */
  letGo(id: Id, mode: 'collect' | 'wipe'): Promise<OnlineAnswer<null>>
  /** POST /api/staff/<id>/return */
  takeBack(id: Id, password: string): Promise<OnlineAnswer<null>>
  /** POST /api/staff/<id>/password: they sign in again everywhere. */
  givePassword(id: Id, password: string): Promise<OnlineAnswer<null>>
  /** POST /api/staff/<id>/second-factor/remove: the password alone lets them in. */
  removeSecondFactor(id: Id): Promise<OnlineAnswer<null>>
  /** GET /api/audit: newest first. `next`, when there is more: to be passed as `before`. */
  audit(question: AuditQuestion): Promise<OnlineAnswer<{ entries: AuditEntry[]; next: number | null }>>
  /** POST /api/customers/<id>/export: everything about a customer, as a ZIP. */
  exportFile(customerId: Id): Promise<OnlineAnswer<Blob>>
  /** GET /api/reports/followups: how follow-ups were worked, for leads and the administrator. */
  report(query: ReportQuery): Promise<OnlineAnswer<Report>>
  /** GET /api/reports/vip: VIP cases by month, partner and channel developer. Days as "2026-11-22". */
  vipMonths(from: string, to: string): Promise<OnlineAnswer<VipMonths>>
  /** POST /api/sheets: a comparison sheet as a file. Refused `gate`: `fields` says which consent or whose leave is missing. */
  makeSheet(order: SheetOrder): Promise<OnlineAnswer<Blob>>
  /** POST /api/vip/proposals: plans as one page. Refused `gate` where the surgeon has not approved one of them. */
  makeProposal(order: ProposalOrder): Promise<OnlineAnswer<Blob>>
  /** POST /api/vip/case-reports: how a case went, as one page. */
  makeCaseReport(order: CaseReportOrder): Promise<OnlineAnswer<Blob>>
  /** GET /api/push/key: the server's key under which browsers subscribe. */
  pushKey(): Promise<OnlineAnswer<string>>
  /** GET /api/push/undelivered: for the administrator. */
  undelivered(): Promise<OnlineAnswer<Undelivered[]>>
  /** POST /api/push/subscriptions: where this phone's browser is reached. */
  keepSubscription(subscription: PushSubscriptionOrder): Promise<OnlineAnswer<null>>
}

/** A notice that no way could deliver, and what the last one said (a code). */
export interface Undelivered {
  staff_name: string
  kind: string
  channel: string | null
  failure: string | null
  created_at: Instant
}

export interface PushSubscriptionOrder {
  endpoint: string
  keys: { p256dh: string; auth: string }
  key: string
  language: 'zh' | 'en'
}

/** What somebody may want a comparison sheet for: consents of the same names. */
export type SheetPurpose = Exclude<ConsentPurpose, 'recording'>

/** Up to 4 rows of one view each, up to 6 pictures in a row, each laid over the first by its alignment. */
export interface SheetOrder {
  rows: { photo_id: Id; alignment: Alignment }[][]
  purpose: SheetPurpose
  format: 'png' | 'pdf'
  language: 'zh' | 'en'
}

/** What became of a VIP case, as one page. */
export interface CaseReportOrder {
  case_id: Id
  format: 'png' | 'pdf'
  language: 'zh' | 'en'
}

/** Plans of one VIP case, for the customer and the salon. */
export interface ProposalOrder {
  plan_ids: Id[]
  format: 'png' | 'pdf'
  language: 'zh' | 'en'
}

/** `id` always, the rest as far as the person's roles may see it. */
export interface FoundCustomer {
  id: Id
  surname?: string
  form?: string
  name?: string
  phones?: string[]
}

export interface Person {
  id: Id
  login: string
  name: string
  roles: Role[]
  /** Code of the clinic, as typed at sign-in. */
  clinic: string
  device_id: Id
}

export type SignInAnswer =
  | { kind: 'signed_in' }
  /** The server has let the person in, and wants this done first: `changePassword`, or `beginSecondFactor`. Then to be asked once more. */
  | { kind: 'owes'; what: 'password' | 'second_factor' }
  /**
   * The server knows another password than this phone's store is locked with: the `previous` one is needed, or `anew`,
   * which gives up what waits here.
   */
  | { kind: 'password_changed'; unsent: number }
  /** This address cannot protect what is kept here (no https). */
  | { kind: 'insecure' }
  /** The server's code (`unauthenticated`, `second_factor_required`, `throttled`, `validation`, ...) and its message. */
  | { kind: 'refused'; code: string; message: string }
  | { kind: 'offline' }
  | { kind: 'storage' }

/** `password`: the clinic has not answered for so long that the password is asked for. */
export type UnlockAnswer = 'unlocked' | 'wrong' | 'declined' | 'password' | 'storage'

export type SignOutAnswer = { kind: 'signed_out' } | { kind: 'unsent'; count: number }

export interface Session {
  /** False until the last person's documents have been opened from this phone. */
  readonly started: boolean
  readonly person: Person | null
  /** People who have signed in on this phone and have documents or unsent work here. */
  readonly people: { person: Person; unsent: number }[]
  /** Who is signed in while the app is locked; nothing of theirs can be read. */
  readonly locked: Person | null
  /** The clinic has not answered this phone for two weeks: until it does, the app only sends. */
  readonly lapsed: boolean
  /** The person signed in or locked out has a passkey on this phone. */
  readonly hasPasskey: boolean
  /** Items that this phone remembers as unsent and that its storage no longer holds; 0 when all is well. */
  readonly missing: number
  signIn(form: {
    clinic: string
    login: string
    password: string
    device: { name: string; platform: string }
    code?: string
    previous?: string
    anew?: boolean
  }): Promise<SignInAnswer>
  /** Nothing can be read until it is unlocked; what waits to be sent stays, sealed. */
  lock(): void
  unlock(password: string): Promise<UnlockAnswer>
  unlockWithPasskey(): Promise<UnlockAnswer>
  canHavePasskey(): Promise<boolean>
  addPasskey(password: string): Promise<'added' | 'wrong' | 'declined'>
  /** After so many minutes in the background the app locks itself; on this phone, whoever uses it. */
  readonly lockAfter: number
  chooseLockAfter(minutes: number): void
  /**
   * Another password for the server and for what is sealed on this phone; other devices sign in again. Refused
   * `wrong_password`, `weak_password`.
   */
  changePassword(old: string, fresh: string): Promise<OnlineAnswer<null>>
  /** Whether the person has a second factor, as the server says. */
  secondFactor(): Promise<OnlineAnswer<boolean>>
  /** A new authenticator's secret, and as a link. Refused `wrong_password`. */
  beginSecondFactor(password: string): Promise<OnlineAnswer<{ secret: string; uri: string }>>
  /** Its first code; from then on a sign-in asks for one. Answers the recovery codes. Refused `wrong_code`. */
  confirmSecondFactor(code: string): Promise<OnlineAnswer<string[]>>
  removeSecondFactor(password: string, code: string): Promise<OnlineAnswer<null>>
  /** With unsent work it answers `unsent` and does nothing, unless `anyway`: the work then stays on this phone. */
  signOut(options?: { anyway: boolean }): Promise<SignOutAnswer>
}

export type Phase = 'idle' | 'syncing' | 'offline' | 'needs_sign_in' | 'revoked' | 'upgrade'

/** A mutation which the server refused and nobody has dealt with yet. */
export interface RejectedEntry {
  id: Id
  name: MutationName
  args: Record<string, unknown>
  code: string
  message: string
  at: Instant
}

/** A mutation that waits here. `parked`: the server keeps it until other phones have brought what it refers to. */
export interface WaitingEntry {
  id: Id
  name: MutationName
  args: Record<string, unknown>
  at: Instant
  state: 'phone' | 'sent' | 'parked'
}

export type SyncAnswer =
  | { kind: 'all_sent' }
  | { kind: 'pending'; count: number }
  | { kind: 'offline' }
  | { kind: 'needs_sign_in' }
  | { kind: 'revoked' }
  | { kind: 'upgrade' }
  | { kind: 'trouble'; code: string }

export type VerifyAnswer =
  | { kind: 'equal' }
  | { kind: 'healed'; tables: string[] }
  | { kind: 'later'; tables: string[] }
  | { kind: 'offline' }
  | { kind: 'trouble'; code: string }

export interface StorageState {
  usage_bytes: number | null
  quota_bytes: number | null
  persisted: boolean | null
  /** The last write did not fit. */
  full: boolean
}

export interface Sync {
  readonly phase: Phase
  readonly online: boolean
  readonly firstSyncComplete: boolean
  /** Mutations not yet acknowledged by the server. */
  readonly pendingCount: number
  readonly oldestPendingAt: Instant | null
  readonly waiting: WaitingEntry[]
  readonly rejected: RejectedEntry[]
  readonly lastContact: Instant | null
  readonly leader: boolean
  readonly storage: StorageState
  /** Code of the last fault that was not plain absence of network, null after a success. */
  readonly trouble: string | null
  /** Always ends in an answer, also when another tab does the work. */
  syncNow(): Promise<SyncAnswer>
  /**
   * All that waits here as a file that only the clinic can read, for its administrator to take in; it goes on waiting
   * here. Refused `no_key`: this phone never got the clinic's key.
   */
  saveUnsent(): Promise<OnlineAnswer<Blob>>
  /** Compares this phone with the server; a difference is reported and healed by a full pull. */
  verify(): Promise<VerifyAnswer>
  /** Sends the edited arguments as a new mutation and deals with the rejected one. */
  resend(id: Id, args: Record<string, unknown>): Promise<MutateAnswer>
  discard(id: Id): Promise<MutateAnswer>
  refreshStorage(): Promise<void>
}

/**
 * phone: durable here only. uploading: percent of its bytes are with the server. kept: the clinic has it safely
 * (row.stored). refused: the server will not take the bytes (code), somebody must look. missing: neither here nor kept.
 */
export type PictureState =
  | { kind: 'phone' }
  | { kind: 'uploading'; percent: number }
  | { kind: 'kept' }
  | { kind: 'refused'; code: string }
  | { kind: 'missing' }

export type SavedPicture = MutateAnswer | { kind: 'unreadable'; why: 'format' | 'too_large' | 'corrupt' }

export interface Pictures {
  /**
   * Removes location data, hashes, reads the size, and keeps bytes and `photo.add` in one transaction; resolves when
   * durable. `source`: JPEG, PNG or HEIC as it came; `args.id` names the photo.
   */
  save(
    source: ArrayBuffer,
    args: Omit<Mutations['photo.add'], 'sha256' | 'size_bytes' | 'width' | 'height'>,
  ): Promise<SavedPicture>
  /** Tracks, like records. */
  stateOf(photoId: Id): PictureState
  /**
   * The picture to show: from this phone if it is here (original or kept rendition), else from the server and then kept
   * within a budget. null: neither here nor reachable.
   */
  blob(photoId: Id, size: 'thumb' | 'screen' | 'original'): Promise<Blob | null>
  /** Pictures on their way, whose bytes are not with the clinic yet, and their bytes. Tracks. */
  readonly waiting: { count: number; bytes: number }
  /** The one that is being sent. Tracks. */
  readonly current: { photo_id: Id; percent: number } | null
  /**
   * Pictures whose bytes the clinic will not take: they stay here until a person decides. Tracks. Where the entry was
   * refused and not the bytes, `sync.rejected` has it, and the bytes go with it when it is discarded.
   */
  readonly refused: RefusedPicture[]
  /** Sends a refused picture once more. */
  tryAgain(photoId: Id): Promise<void>
  /** Erases a refused picture from this phone, knowingly: nobody else has it. */
  discard(photoId: Id): Promise<void>
}

export interface RefusedPicture {
  photo_id: Id
  set_id: Id
  size_bytes: number
  code: string
}

/** What somebody is typing into a form, so that a phone that ends the app takes none of it away. Names are ours. */
export interface Drafts {
  /** As it was kept; undefined when there is none or it is older than a week. */
  find(name: string): Promise<unknown>
  keep(name: string, form: unknown): Promise<void>
  drop(name: string): Promise<void>
}
