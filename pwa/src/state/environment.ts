import type { Download, Transport, Upload } from '../net'
import type { Cost, Derive, Keeper, Passkeys, Vault } from '../vault'
import type { Shrink } from './shrink'

/** Messages between tabs of this browser. A context does not hear itself. */
export interface Channel {
  post(message: unknown): void
  close(): void
}

/** Exclusive turns across tabs and workers. */
export interface Locks {
  /** Runs the body when nobody else holds the name. */
  exclusive<T>(name: string, body: () => Promise<T>): Promise<T>
  /**
   * Holds the name for as long as the context lives, from the moment it is free. `stolen` is called when another
   * context took it over. With `steal`, takes it from whoever has it.
   */
  keep(name: string, got: () => void, stolen: () => void, options: { steal: boolean; signal: AbortSignal }): void
}

/** Small facts that survive the loss of the database. */
export interface Notepad {
  get(key: string): string | null
  set(key: string, value: string | null): void
}

/** Everything outside that state depends on, so that tests can control it. */
export interface Environment {
  vault: Vault
  derive: Derive
  /** What a guess at a password costs on this phone. */
  cost: Cost
  keeper: Keeper
  passkeys: Passkeys
  transport: Transport
  upload: Upload
  download: Download
  shrink: Shrink
  /** Milliseconds since 1970 by this phone's clock. */
  clock(): number
  random(): number
  /** Tells developers of a fault that a person should look at. */
  report(error: unknown): void
  locks: Locks
  channel(name: string, heard: (message: unknown) => void): Channel
  notepad: Notepad
  /** Calls back for pokes of the server's stream; returns how to stop. */
  listen(poked: (version: number) => void): () => void
  /** Calls back when the app comes to the front or leaves it, the network is back, and the like; returns how to stop. */
  moments(happened: (moment: 'front' | 'away' | 'online' | 'offline') => void): () => void
  visible(): boolean
  online(): boolean
  estimate(): Promise<{ usage_bytes: number | null; quota_bytes: number | null; persisted: boolean | null }>
}
