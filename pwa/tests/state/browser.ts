/** A browser for tests: its tabs share vault, locks, channels and notepad; its network can be cut. */
import { vi } from 'vitest'
import { type Download, type Transport, type Upload, unreachable } from '../../src/net'
import { type App, createApp } from '../../src/state/app'
import type { Environment, Locks } from '../../src/state/environment'
import { type Keeper, MemoryVault, type Passkeys, type Storage, StorageError } from '../../src/vault'
import { argon2 } from '../../src/vault/argon2'

interface Holder {
  tab: Tab
  got: () => void
  stolen: () => void
  signal: AbortSignal
}

export class Browser {
  vault = new MemoryVault()
  notes = new Map<string, string>()
  online = true
  full = false
  /** Of the service worker: gone when the browser ends it. */
  held: { person: string; key: CryptoKey } | null = null
  passkeys: Passkeys = { available: async () => false, create: async () => null, secret: async () => null }
  /** Of 100. */
  usage_bytes = 50
  /** So many originals fit on the phone. */
  room = Number.POSITIVE_INFINITY
  /** How far the phone's clock is from the true time. */
  skew_ms = 0
  tabs: Tab[] = []
  tries = 0
  /** For ever, unless a test has something to say. */
  upload: Upload = () => new Promise(() => {})
  download: Download = async () => null
  #locks = new Map<string, Holder[]>()
  #turns = new Map<string, Promise<unknown>>()

  constructor(public transport: Transport) {}

  async open(): Promise<Tab> {
    const tab = new Tab(this)
    this.tabs.push(tab)
    await tab.app.start()
    return tab
  }

  /** Closed or killed: it says and hears nothing any more, and its locks are free. */
  close(tab: Tab): void {
    tab.frozen = true
    tab.closed = true
    this.tabs = this.tabs.filter((each) => each !== tab)
    for (const name of this.#locks.keys()) this.#release(name, (holder) => holder.tab === tab)
  }

  locks(tab: Tab): Locks {
    return {
      exclusive: <T>(name: string, body: () => Promise<T>): Promise<T> => {
        const turn = (this.#turns.get(name) ?? Promise.resolve()).then(body, body)
        this.#turns.set(
          name,
          turn.catch(() => {}),
        )
        return turn
      },
      keep: (name, got, stolen, { steal, signal }) => {
        const holders = this.#locks.get(name) ?? []
        this.#locks.set(name, holders)
        const holder = { tab, got, stolen, signal }
        const before = holders[0]
        if (steal) holders.unshift(holder)
        else holders.push(holder)
        signal.addEventListener('abort', () => this.#release(name, (each) => each === holder))
        if (steal && before) {
          holders.splice(1, 1)
          if (!before.tab.frozen) before.stolen()
        }
        if (holders[0] === holder) queueMicrotask(got)
      },
    }
  }

  #release(name: string, leaves: (holder: Holder) => boolean): void {
    const holders = this.#locks.get(name) ?? []
    const first = holders[0]
    const rest = holders.filter((holder) => !leaves(holder))
    this.#locks.set(name, rest)
    if (rest[0] && rest[0] !== first) queueMicrotask(rest[0].got)
  }
}

type Moment = 'front' | 'away' | 'online' | 'offline'

const keeperOf = (browser: Browser): Keeper => ({
  keep: (person, key) => {
    browser.held = { person, key }
  },
  take: async (person) => (browser.held?.person === person ? browser.held.key : null),
  forget: () => {
    browser.held = null
  },
})

/**
 * Signs in, and takes the browser's cryptography away afterwards: the daily comparison would wait for it in real time,
 * while these tests make time pass. To be undone by `vi.unstubAllGlobals()`.
 */
export async function signedInWithoutComparisons(tab: Tab, login: string): Promise<void> {
  vi.unstubAllGlobals()
  const device = { name: 'phone', platform: 'test' }
  await tab.app.session.signIn({ clinic: 'demo', login, password: 'right', device })
  vi.stubGlobal('crypto', { getRandomValues: crypto.getRandomValues.bind(crypto) })
}

export class Tab {
  readonly app: App
  frozen = false
  closed = false
  /** The app is ended in the middle of sealing. */
  dies = false
  faults: unknown[] = []
  #heard: { name: string; heard: (message: unknown) => void }[] = []
  #happened = new Set<(moment: Moment) => void>()
  #poked = new Set<(version: number) => void>()

  constructor(readonly browser: Browser) {
    this.app = createApp(this.#environment())
  }

  poke(version: number): void {
    for (const poked of this.#poked) poked(version)
  }

  happen(moment: Moment): void {
    for (const happened of this.#happened) happened(moment)
  }

  #environment(): Environment {
    const { browser } = this
    return {
      vault: {
        open: async (name) => this.#fallible(await browser.vault.open(name)),
        seal: async () => {
          if (this.dies) throw new Error('the app was ended while it sealed')
        },
        erase: (name) => browser.vault.erase(name),
      },
      derive: argon2,
      // One guess in tests is as good as free.
      cost: { memory_kib: 8, passes: 1 },
      keeper: keeperOf(browser),
      passkeys: browser.passkeys,
      transport: async (request) => {
        browser.tries += 1
        if (!browser.online || this.closed) throw unreachable()
        return browser.transport(request)
      },
      upload: async (sending) => {
        if (!browser.online) throw unreachable()
        return browser.upload(sending)
      },
      download: async (path) => (browser.online ? browser.download(path) : null),
      shrink: async (picture) => picture.slice(0, 10).arrayBuffer(),
      clock: () => Date.now() + browser.skew_ms,
      random: () => 0.5 + browser.tabs.length / 1000,
      report: (error) => this.faults.push(error),
      locks: browser.locks(this),
      channel: (name, heard) => {
        const own = { name, heard }
        this.#heard.push(own)
        return {
          post: (message) => {
            if (this.frozen) return
            for (const tab of browser.tabs) if (tab !== this) tab.#hear(name, structuredClone(message))
          },
          close: () => {
            this.#heard = this.#heard.filter((each) => each !== own)
          },
        }
      },
      notepad: {
        get: (key) => browser.notes.get(key) ?? null,
        set: (key, value) => void (value === null ? browser.notes.delete(key) : browser.notes.set(key, value)),
      },
      listen: (poked) => this.#subscribed(this.#poked, poked),
      moments: (happened) => this.#subscribed(this.#happened, happened),
      visible: () => !this.frozen,
      online: () => browser.online,
      estimate: async () => ({ usage_bytes: browser.usage_bytes, quota_bytes: 100, persisted: true }),
    }
  }

  #subscribed<T>(listeners: Set<T>, listener: T): () => void {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }

  #hear(name: string, message: unknown): void {
    if (this.frozen) return
    for (const each of this.#heard) if (each.name === name) queueMicrotask(() => each.heard(message))
  }

  #fallible(storage: Storage): Storage {
    return {
      read: (wanted) => storage.read(wanted),
      write: async (operations, fence) => {
        const { full, room } = this.browser
        const more = operations.filter((each) => each.store === 'originals' && each.do === 'put').length
        const held = more > 0 ? (await storage.read({ originals: 'all' })).originals.size : 0
        if (full || held + more > room) throw new StorageError('full')
        return storage.write(operations, fence)
      },
      takeFence: () => storage.takeFence(),
      close: () => storage.close(),
    }
  }
}
