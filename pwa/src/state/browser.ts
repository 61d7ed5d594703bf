import { fetchPicture, fetchTransport, listen, tusUpload } from '../net'
import { browserKeeper, costHere, derive, IndexedVault, passkeys } from '../vault'
import type { Environment, Locks, Notepad } from './environment'
import { shrink } from './shrink'

const AGAIN_MS = 60_000
let led = false

/**
 * Without Web Locks (plain http on the clinic's network) every tab believes it leads, and the fence keeps the store
 * whole: who was fenced off waits a while, lest two tabs take the lead from each other without end.
 */
const noLocks: Locks = {
  exclusive: (_name, body) => body(),
  keep(_name, got, _stolen, { steal, signal }) {
    const timer = setTimeout(got, led && !steal ? AGAIN_MS : 0)
    led = true
    signal.addEventListener('abort', () => clearTimeout(timer))
  },
}

const webLocks: Locks = {
  exclusive: async (name, body) => await navigator.locks.request(name, body),
  keep(name, got, stolen, { steal, signal }) {
    const held = () => {
      if (signal.aborted) return undefined
      got()
      return new Promise<void>((release) => signal.addEventListener('abort', () => release()))
    }
    // A request that steals may not be abortable.
    navigator.locks.request(name, steal ? { steal } : { signal }, held).catch(() => {
      if (!signal.aborted) stolen()
    })
  },
}

function moments(happened: (moment: 'front' | 'away' | 'online' | 'offline') => void): () => void {
  const front = () => {
    if (document.visibilityState === 'visible') happened('front')
  }
  const seen = () => happened(document.visibilityState === 'visible' ? 'front' : 'away')
  const online = () => happened('online')
  const offline = () => happened('offline')
  const listeners = [
    [document, 'visibilitychange', seen],
    [window, 'focus', front],
    [window, 'pageshow', front],
    [window, 'online', online],
    [window, 'offline', offline],
  ] as const
  for (const [target, event, listener] of listeners) target.addEventListener(event, listener)
  // A push tells of something new, also where the stream is not to be had.
  const pushed = ({ data }: MessageEvent) => data?.type === 'PUSHED' && happened('online')
  navigator.serviceWorker?.addEventListener('message', pushed)
  return () => {
    navigator.serviceWorker?.removeEventListener('message', pushed)
    for (const [target, event, listener] of listeners) target.removeEventListener(event, listener)
  }
}

// Browsers may forbid it, and then it is as good as empty.
const notepad: Notepad = {
  get(key) {
    try {
      return localStorage.getItem(key)
    } catch {
      return null
    }
  },
  set(key, value) {
    try {
      if (value === null) localStorage.removeItem(key)
      else localStorage.setItem(key, value)
    } catch {
      // The canary is a second line; the store itself says when it is full.
    }
  },
}

async function estimate() {
  const { storage } = navigator
  const [{ usage = null, quota = null } = {}, persisted = null] = await Promise.all([
    storage?.estimate?.(),
    storage?.persisted?.(),
  ])
  return { usage_bytes: usage, quota_bytes: quota, persisted }
}

/** The real world, as the app meets it in a browser. */
export function browserEnvironment(): Environment {
  return {
    vault: new IndexedVault(),
    derive,
    cost: costHere(),
    keeper: browserKeeper(),
    passkeys,
    transport: fetchTransport,
    upload: tusUpload,
    download: fetchPicture,
    shrink,
    clock: () => Date.now(),
    random: () => Math.random(),
    report: (error) => reportError(error),
    locks: navigator.locks ? webLocks : noLocks,
    channel(name, heard) {
      const channel = new BroadcastChannel(name)
      channel.onmessage = ({ data }) => heard(data)
      return { post: (message) => channel.postMessage(message), close: () => channel.close() }
    },
    notepad,
    listen,
    moments,
    visible: () => document.visibilityState === 'visible',
    online: () => navigator.onLine,
    estimate,
  }
}
