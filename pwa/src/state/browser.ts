import { fetchTransport, listen } from '../net'
import { IndexedVault } from '../vault'
import type { Environment, Locks } from './environment'

const always = async <T>(_name: string, body: () => Promise<T>): Promise<T> => body()

/** Without Web Locks (plain http on the clinic's network) every tab believes it leads; the fence keeps the store whole. */
const noLocks: Locks = {
  exclusive: always,
  keep(_name, got, _stolen, { signal }) {
    queueMicrotask(() => {
      if (!signal.aborted) got()
    })
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

function moments(happened: (moment: 'front' | 'online' | 'offline') => void): () => void {
  const front = () => {
    if (document.visibilityState === 'visible') happened('front')
  }
  const online = () => happened('online')
  const offline = () => happened('offline')
  const listeners = [
    [document, 'visibilitychange', front],
    [window, 'focus', front],
    [window, 'pageshow', front],
    [window, 'online', online],
    [window, 'offline', offline],
  ] as const
  for (const [target, event, listener] of listeners) target.addEventListener(event, listener)
  return () => {
    for (const [target, event, listener] of listeners) target.removeEventListener(event, listener)
  }
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
    transport: fetchTransport,
    clock: () => Date.now(),
    random: () => Math.random(),
    report: (error) => reportError(error),
    locks: navigator.locks ? webLocks : noLocks,
    channel(name, heard) {
      const channel = new BroadcastChannel(name)
      channel.onmessage = ({ data }) => heard(data)
      return { post: (message) => channel.postMessage(message), close: () => channel.close() }
    },
    notepad: {
      get: (key) => localStorage.getItem(key),
      set: (key, value) => (value === null ? localStorage.removeItem(key) : localStorage.setItem(key, value)),
    },
    listen,
    moments,
    visible: () => document.visibilityState === 'visible',
    online: () => navigator.onLine,
    estimate,
  }
}
