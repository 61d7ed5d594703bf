import type { AnyDocument, Id, Instant, Role, TableName } from '../domain/documents'
import type { Refused } from '../domain/refusal'

/** Version of the shapes below; the server takes pushes of every schema ever shipped. */
export const SCHEMA = 1

export const MAX_MUTATIONS = 500
export const MAX_BODY_BYTES = 1024 * 1024
/** Rows a page when a device has nothing yet. */
export const MAX_PAGE_ROWS = 5000

export interface LoginRequest {
  clinic: string
  login: string
  password: string
  /** Of the second factor. */
  code?: string
  device: { name: string; platform: string; id?: Id }
}

export type Debt = 'password' | 'second_factor'

export interface LoginAnswer {
  staff: { id: Id; login: string; name: string; roles: Role[] }
  device: { id: Id }
  applied_through: number
  schema: number
  /** What has to be done before the server answers anything else. */
  owes: Debt | null
  /** Whether the person has set one up. */
  second_factor: boolean
}

export interface WireMutation {
  seq: number
  id: Id
  name: string
  args: Record<string, unknown>
  /** By the device's clock. */
  at: Instant
  first: 'applied' | 'rejected' | null
}

export interface PushAnswer {
  applied_through: number
  version: number
  results: { seq: number; status: 'applied' | 'duplicate' | 'rejected' | 'parked'; error: Refused | null }[]
}

export interface OutboxReport {
  count: number
  oldest_at: Instant | null
}

export type WireRow = [table: TableName, id: Id, version: number, document: AnyDocument]

export interface PullAnswer {
  cursor: string
  reset: boolean
  more: boolean
  version: number
  applied_through: number
  backed_up_through: number
  rows: WireRow[]
  removed: [table: TableName, id: Id][]
}

export interface DigestAnswer {
  tables: Record<string, { count: number; sum: string }>
}
