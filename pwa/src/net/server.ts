import type { Id, Instant } from '../domain/documents'
import { refusedBy, unreachable } from './errors'
import type { Request, Transport } from './transport'
import {
  type DigestAnswer,
  type LoginAnswer,
  type LoginRequest,
  type OutboxReport,
  type PullAnswer,
  type PushAnswer,
  SCHEMA,
  type WireMutation,
} from './wire'

export interface Contact {
  /** This phone's clock (ms) and the server's at the same moment, as far as the answer tells. */
  here: number
  there: number | null
}

/**
 * The server's addresses, one method each. Every method answers what the server documents or throws CallError.
 * `contacted` hears of each answer, whatever it was.
 */
export class Server {
  constructor(
    private readonly transport: Transport,
    private readonly clock: () => number,
    private readonly contacted: (contact: Contact) => void = () => {},
  ) {}

  login(body: LoginRequest): Promise<LoginAnswer> {
    return this.call('POST', '/api/auth/login', { body })
  }

  async logout(device: Id): Promise<void> {
    await this.call('POST', '/api/auth/logout', { device, body: {} })
  }

  push(device: Id, mutations: WireMutation[]): Promise<PushAnswer> {
    const device_time: Instant = new Date(this.clock()).toISOString()
    return this.call('POST', '/api/sync/push', { device, body: { schema: SCHEMA, device_time, mutations } })
  }

  /** `outbox`: what this device cannot get rid of, so that operators hear of a silent stall. */
  pull(device: Id, cursor: string | null, outbox: OutboxReport, limit?: number): Promise<PullAnswer> {
    const body = { schema: SCHEMA, cursor, outbox, ...(limit && { limit }) }
    return this.call('POST', '/api/sync/pull', { device, body })
  }

  digest(device: Id, cursor: string): Promise<DigestAnswer> {
    return this.call('POST', '/api/sync/digest', { device, body: { cursor } })
  }

  async call<T>(method: Request['method'], path: string, rest: Omit<Request, 'method' | 'path'> = {}): Promise<T> {
    const asked = this.clock()
    const { status, body, date } = await this.transport({ method, path, ...rest })
    const answered = this.clock()
    const success = status >= 200 && status < 300
    const failure = success ? null : refusedBy(status, body)
    if (failure?.failure.kind !== 'unreachable') this.contacted({ here: (asked + answered) / 2, there: date })
    if (failure) throw failure
    // A page of somebody else's that answers 200 to everything.
    if (body === undefined) throw unreachable()
    return body as T
  }
}
