/** A server for tests: speaks the wire of the protocol and runs the phone's own mutators on its rows. */

import { digestOf } from '../../src/domain/digest'
import type { AnyDocument, Documents, Id, Role, TableName } from '../../src/domain/documents'
import { derivedId } from '../../src/domain/ids'
import type { MutationName } from '../../src/domain/mutations'
import { mutators } from '../../src/domain/mutators'
import { Refusal } from '../../src/domain/refusal'
import type { Fields, Transaction } from '../../src/domain/transaction'
import type { Answer, LoginRequest, PullAnswer, PushAnswer, Request, WireMutation } from '../../src/net'

export interface FakePerson {
  id: Id
  login: string
  name: string
  roles: Role[]
}

interface Row {
  table: TableName
  id: Id
  version: number
  document: AnyDocument | null
  /** Personal rows: whose. */
  owner: Id | null
}

interface Logged {
  id: Id
  name: string
  staff: Id
  device: Id
  seq: number
  status: 'applied' | 'rejected' | 'parked'
  error: { code: string; message: string } | null
}

interface FakeDevice {
  staff: Id
  last_seq: number
  revoked: 'collect' | 'wipe' | null
  session: boolean
}

interface State {
  incarnation: string
  version: number
  rows: Map<string, Row>
  log: Logged[]
  parked: { mutation: WireMutation; staff: Id }[]
  devices: Map<Id, FakeDevice>
  /** Changes of roles and the like: devices begin anew. */
  epoch: number
}

export class FakeServer {
  state: State
  pageRows = 1000
  oldestSchema = 1
  password = 'right'
  /** An administrator has given the password. */
  given = false
  /** The clinic wants a second factor; `code` is the one that counts, once there is one. */
  factorDue = false
  code: string | null = null
  backedUp = true
  /** How far `Date` of the answers is from the phone's clock. */
  skew_ms = 0
  hidden = new Set<Id>()
  /** Called between two pages of a pull, and anywhere else a test wants to interfere. */
  beforePull: () => void = () => {}
  #count = 0

  constructor(
    readonly people: FakePerson[],
    rows: Partial<{ [T in TableName]: Documents[T][] }>,
    private readonly clock: () => number,
  ) {
    this.state = {
      incarnation: 'first',
      version: 1,
      rows: new Map(),
      log: [],
      parked: [],
      devices: new Map(),
      epoch: 1,
    }
    for (const [table, documents] of Object.entries(rows)) {
      for (const document of documents) this.#set(table as TableName, document.id, document)
    }
  }

  transport = async ({ method, path, device, body }: Request): Promise<Answer> => {
    const answer = await this.#route(`${method} ${path}`, device, structuredClone(body))
    return { ...structuredClone(answer), date: this.clock() + this.skew_ms }
  }

  /** Everything this person may see, as a fresh device would. */
  visibleTo(staff: Id): Map<string, AnyDocument> {
    const seen = [...this.state.rows].filter(([, row]) => row.document && this.#sees(row, staff))
    return new Map(seen.map(([key, row]) => [key, row.document as AnyDocument]))
  }

  /** Someone else's work, already on the server: rows of one transaction. */
  change(...rows: [table: TableName, id: Id, document: AnyDocument | null][]): void {
    this.state.version += 1
    for (const row of rows) this.#set(...row)
  }

  hide(id: Id): void {
    this.state.version += 1
    this.hidden.add(id)
    // What is no longer visible is told as removed; a version of its own brings it into the patch.
    for (const row of this.state.rows.values()) if (row.id === id) row.version = this.state.version
  }

  backup(): State {
    return structuredClone(this.state)
  }

  restore(backup: State): void {
    this.#count += 1
    this.state = { ...structuredClone(backup), incarnation: `restored-${this.#count}` }
    for (const device of this.state.devices.values()) device.session = false
  }

  device(id: Id): FakeDevice {
    const device = this.state.devices.get(id)
    if (!device) throw new Error(`no device ${id}`)
    return device
  }

  #route(route: string, device: Id | undefined, body: unknown): Promise<Omit<Answer, 'date'>> {
    if (route === 'POST /api/auth/login') return Promise.resolve(this.#login(body as LoginRequest))
    const known = device === undefined ? undefined : this.state.devices.get(device)
    if (!known?.session) return refusal(401, 'unauthenticated')
    const push = route === 'POST /api/sync/push'
    if (known.revoked && !(push && known.revoked === 'collect') && route !== 'POST /api/auth/logout') {
      return refusal(401, 'device_revoked', { fields: { mode: known.revoked } })
    }
    const settles = route.startsWith('POST /api/auth/')
    if (this.given && !settles) return refusal(403, 'password_due')
    if (this.factorDue && !this.code && !settles) return refusal(403, 'second_factor_due')
    switch (route) {
      case 'POST /api/auth/logout':
        known.session = false
        return Promise.resolve({ status: 204, body: null })
      case 'POST /api/auth/password': {
        const { old, new: fresh } = body as { old: string; new: string }
        if (old !== this.password) return refusal(403, 'wrong_password')
        if (fresh.length < 8) return refusal(422, 'weak_password')
        this.password = fresh
        this.given = false
        for (const [id, each] of this.state.devices) each.session &&= each.staff !== known.staff || id === device
        return Promise.resolve({ status: 204, body: null })
      }
      case 'POST /api/auth/second-factor':
        return Promise.resolve({ status: 200, body: { secret: 'ABCDEFGH', uri: 'otpauth://totp/x' } })
      case 'POST /api/auth/second-factor/confirm':
        this.code = (body as { code: string }).code
        return Promise.resolve({ status: 200, body: { recovery_codes: ['aaaaa-bbbbb'] } })
      case 'POST /api/sync/push':
        return this.#push(device as Id, known, (body as { mutations: WireMutation[] }).mutations)
      case 'POST /api/sync/pull':
        return this.#pull(known, body as { schema: number; cursor: string | null; limit?: number })
      case 'POST /api/sync/digest':
        return this.#digest(known, (body as { cursor: string }).cursor)
      default:
        return refusal(404, 'not_found')
    }
  }

  #login({ login, password, code, device }: LoginRequest): Omit<Answer, 'date'> {
    const person = this.people.find((each) => each.login === login)
    if (!person || password !== this.password)
      return { status: 401, body: { code: 'unauthenticated', message: 'Wrong.' } }
    if (this.code && code !== this.code) {
      const why = code ? 'wrong_code' : 'second_factor_required'
      return { status: code ? 403 : 401, body: { code: why, message: '' } }
    }
    const known = device.id ? this.state.devices.get(device.id) : undefined
    this.#count += 1
    const fresh = !device.id || (known && known.staff !== person.id) || known?.revoked
    const id = fresh ? derivedId(person.id, `device-${this.#count}`) : (device.id as Id)
    const registered = this.state.devices.get(id) ?? { staff: person.id, last_seq: 0, revoked: null, session: true }
    registered.session = true
    this.state.devices.set(id, registered)
    const owes = this.given ? 'password' : this.factorDue && !this.code ? 'second_factor' : null
    return {
      status: 200,
      body: {
        staff: person,
        device: { id },
        applied_through: registered.last_seq,
        schema: 1,
        owes,
        second_factor: this.code !== null,
      },
    }
  }

  #push(id: Id, device: FakeDevice, mutations: WireMutation[]): Promise<Omit<Answer, 'date'>> {
    let last = device.last_seq
    const results: PushAnswer['results'] = []
    const consumed: Logged[] = []
    const before = structuredClone({ rows: this.state.rows, parked: this.state.parked })
    const undo = () => Object.assign(this.state, before)
    const version = this.state.version
    this.state.version += 1
    for (const mutation of mutations) {
      const log = [...this.state.log, ...consumed]
      const conflict = (code: string) => {
        undo()
        this.state.version = version
        return refusal(409, code, { applied_through: device.last_seq })
      }
      if (mutation.seq <= last) {
        const known = log.find((each) => each.device === id && each.seq === mutation.seq)
        if (known?.id !== mutation.id) return conflict('sequence_conflict')
        results.push(repeated(log, known, mutation.seq))
        continue
      }
      if (mutation.seq !== last + 1) return conflict('sequence_gap')
      last = mutation.seq
      const known = log.find((each) => each.id === mutation.id && each.staff === device.staff)
      const result = known ? repeated(log, known, mutation.seq) : this.#consume(device.staff, id, mutation)
      results.push(result)
      const status = result.status === 'duplicate' ? (result.error ? 'rejected' : 'applied') : result.status
      consumed.push({
        id: mutation.id,
        name: mutation.name,
        staff: device.staff,
        device: id,
        seq: mutation.seq,
        status,
        error: result.error,
      })
    }
    if (last === device.last_seq) this.state.version = version
    this.state.log.push(...consumed)
    device.last_seq = last
    this.#retryParked()
    return Promise.resolve({ status: 200, body: { applied_through: last, version: this.state.version, results } })
  }

  #consume(staff: Id, device: Id, mutation: WireMutation): PushAnswer['results'][number] {
    const { seq, first } = mutation
    if (first === 'rejected')
      return { seq, status: 'rejected', error: { code: 'conflict', message: 'Refused before.' } }
    try {
      this.#perform(staff, mutation)
      return { seq, status: 'applied', error: null }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      const reason = { code: error.code, message: error.message }
      if (first === 'applied' && (error.code === 'not_found' || error.code === 'conflict')) {
        this.state.parked.push({ mutation, staff })
        return { seq, status: 'parked', error: reason }
      }
      this.#publish(staff, device, mutation, reason)
      return { seq, status: 'rejected', error: reason }
    }
  }

  #retryParked(): void {
    let progress = true
    while (progress) {
      progress = false
      for (const parked of [...this.state.parked]) {
        try {
          this.#perform(parked.staff, parked.mutation)
        } catch {
          continue
        }
        this.state.parked.splice(this.state.parked.indexOf(parked), 1)
        const { id, name } = parked.mutation
        this.state.log.push({ id, name, staff: parked.staff, device: '', seq: -1, status: 'applied', error: null })
        progress = true
      }
    }
  }

  #perform(staff: Id, { id, name, args, at }: WireMutation): void {
    const person = this.people.find((each) => each.id === staff) as FakePerson
    const transaction = new FakeTransaction(this.state.rows, person, at, id)
    mutators[name as MutationName](transaction, args as never)
    for (const [key, document] of transaction.writes) {
      const [table, rowId] = key.split('/') as [TableName, Id]
      this.#set(table, rowId, document)
    }
  }

  #publish(
    staff: Id,
    device_id: Id,
    { id, seq, name, args, at }: WireMutation,
    error: { code: string; message: string },
  ): void {
    const rejection = derivedId(id, 'rejection')
    const row = { id: rejection, created_at: at, updated_at: at, updated_by: staff }
    this.#set('rejection', rejection, { ...row, device_id, seq, name, args, ...error, at }, staff)
  }

  async #pull(
    device: FakeDevice,
    { schema, cursor, limit }: { schema: number; cursor: string | null; limit?: number },
  ): Promise<Omit<Answer, 'date'>> {
    this.beforePull()
    if (schema < this.oldestSchema) return refusal(426, 'upgrade_required')
    const { incarnation, epoch, version } = this.state
    let here = cursor ? JSON.parse(cursor) : null
    const usable = here?.incarnation === incarnation && here.epoch === epoch && here.until <= version
    if (!usable) here = { incarnation, epoch, since: 0, until: version, reset: true, after: '' }
    else if (here.after === null) here = { ...here, since: here.until, until: version, reset: false, after: '' }
    const changed = [...this.state.rows.values()]
      .filter((row) => row.version > here.since && row.version <= here.until && position(row) > here.after)
      .filter((row) => !here.reset || (row.document && this.#sees(row, device.staff)))
      .filter((row) => row.owner === null || row.owner === device.staff)
      .sort((one, other) => (position(one) < position(other) ? -1 : 1))
    const page = changed.slice(0, Math.min(limit ?? this.pageRows, this.pageRows))
    const more = page.length < changed.length
    const last = page.at(-1)
    const live = page.filter((row) => row.document && this.#sees(row, device.staff))
    const answer: PullAnswer = {
      cursor: JSON.stringify({ ...here, after: more && last ? position(last) : null }),
      reset: here.reset,
      more,
      version: here.until,
      applied_through: device.last_seq,
      backed_up_through: this.backedUp ? device.last_seq : 0,
      rows: live.map((row) => [row.table, row.id, row.version, row.document as AnyDocument]),
      removed: page.filter((row) => !live.includes(row)).map((row) => [row.table, row.id]),
    }
    return { status: 200, body: answer }
  }

  async #digest(device: FakeDevice, cursor: string): Promise<Omit<Answer, 'date'>> {
    const { incarnation, epoch, until } = JSON.parse(cursor)
    const current = incarnation === this.state.incarnation && epoch === this.state.epoch && until === this.state.version
    if (!current) return refusal(409, 'stale_cursor')
    const rows = [...this.state.rows.values()].filter((row) => row.document && this.#sees(row, device.staff))
    const tables = await digestOf(rows.map((row) => [row.table, row.id, row.version]))
    return { status: 200, body: { tables } }
  }

  #sees(row: Row, staff: Id): boolean {
    return !this.hidden.has(row.id) && (row.owner === null || row.owner === staff)
  }

  #set(table: TableName, id: Id, document: AnyDocument | null, owner: Id | null = null): void {
    const key = `${table}/${id}`
    const before = this.state.rows.get(key)
    this.state.rows.set(key, { table, id, version: this.state.version, document, owner: before?.owner ?? owner })
  }
}

const position = (row: Row): string => `${String(row.version).padStart(9, '0')}/${row.table}/${row.id}`

/** How a mutation that has been answered before is answered again. */
function repeated(log: Logged[], first: Logged, seq: number): PushAnswer['results'][number] {
  const applied = log.some((each) => each.id === first.id && each.status === 'applied')
  if (applied) return { seq, status: 'duplicate', error: null }
  return { seq, status: first.status === 'parked' ? 'parked' : 'duplicate', error: first.error }
}

function refusal(status: number, code: string, beside: object = {}): Promise<Omit<Answer, 'date'>> {
  return Promise.resolve({ status, body: { code, message: code, fields: {}, ...beside } })
}

class FakeTransaction implements Transaction {
  readonly writes = new Map<string, AnyDocument | null>()

  constructor(
    private readonly rows: ReadonlyMap<string, Row>,
    readonly actor: FakePerson,
    readonly at: string,
    readonly mutationId: Id,
  ) {}

  get<T extends TableName>(table: T, id: Id | null | undefined): Documents[T] | undefined {
    const key = `${table}/${id}`
    const document = this.writes.has(key) ? this.writes.get(key) : this.rows.get(key)?.document
    return (document ?? undefined) as Documents[T] | undefined
  }

  all<T extends TableName>(table: T): Documents[T][] {
    const ids = new Set([...this.rows.keys(), ...this.writes.keys()].filter((key) => key.startsWith(`${table}/`)))
    return [...ids].flatMap((key) => this.get(table, key.slice(table.length + 1)) ?? [])
  }

  find<T extends TableName>(table: T, field: keyof Documents[T] & string, value: Id): Documents[T][] {
    return this.all(table).filter((document) => document[field] === value)
  }

  insert<T extends TableName>(table: T, id: Id, fields: Fields<T>): void {
    const row = { id, created_at: this.at, updated_at: this.at, updated_by: this.actor.id }
    this.writes.set(`${table}/${id}`, { ...fields, ...row } as never)
  }

  update<T extends TableName>(table: T, id: Id, changes: Partial<Fields<T>>): void {
    const before = this.get(table, id)
    const row = { updated_at: this.at, updated_by: this.actor.id }
    if (before) this.writes.set(`${table}/${id}`, { ...before, ...changes, ...row } as never)
  }

  remove(table: TableName, id: Id): void {
    this.writes.set(`${table}/${id}`, null)
  }
}
