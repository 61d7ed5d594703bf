// Notifications of this browser: whether they can be had, the subscription, what is on the lock screen, the app's icon.
import { base64url, fromBase64url } from '../domain/base64url'
import { installable } from './install'

/** install_first: an iPhone gives them to installed apps only. blocked: the person has said no in the browser. */
export type NotifyState = 'unsupported' | 'install_first' | 'blocked' | 'off' | 'on'

export interface BrowserSubscription {
  endpoint: string
  keys: { p256dh: string; auth: string }
  /** The server's key under which it was made. */
  key: string
}

interface Shown {
  notice?: string
  shown_at?: number
}

const supported = () => 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window

export function notifyState(): NotifyState {
  if (!supported()) return installable() === 'ios' ? 'install_first' : 'unsupported'
  if (Notification.permission === 'denied') return 'blocked'
  return Notification.permission === 'granted' ? 'on' : 'off'
}

/** Has the browser ask; must follow a tap. */
export async function askForNotifications(): Promise<boolean> {
  return (await Notification.requestPermission()) === 'granted'
}

/** This browser's subscription under the key, made anew when it was made under another. */
export async function subscribe(key: string): Promise<BrowserSubscription> {
  const { pushManager } = await navigator.serviceWorker.ready
  const before = await pushManager.getSubscription()
  const same =
    before?.options.applicationServerKey && base64url(new Uint8Array(before.options.applicationServerKey)) === key
  if (before && !same) await before.unsubscribe()
  const applicationServerKey = fromBase64url(key)
  const made = before && same ? before : await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey })
  const { endpoint, keys } = made.toJSON()
  return { endpoint: endpoint ?? '', keys: { p256dh: keys?.p256dh ?? '', auth: keys?.auth ?? '' }, key }
}

/** From now on this browser is reached no more, whether or not the server hears of it. */
export async function unsubscribe(): Promise<void> {
  if (!supported()) return
  const registration = await navigator.serviceWorker.getRegistration()
  await (await registration?.pushManager.getSubscription())?.unsubscribe()
}

/** Takes from the lock screen what needs nobody any more; `isOver` is asked of each. */
export async function clearShown(isOver: (notice: string, shownAt: number) => boolean): Promise<void> {
  if (!supported()) return
  const registration = await navigator.serviceWorker.getRegistration()
  for (const shown of (await registration?.getNotifications()) ?? []) {
    const { notice, shown_at } = (shown.data ?? {}) as Shown
    if (notice && isOver(notice, shown_at ?? 0)) shown.close()
  }
}

/** The number on the app's icon; zero takes it away. */
export async function showBadge(count: number): Promise<void> {
  await navigator.setAppBadge?.(count).catch(() => undefined)
}

/** Calls back with where a notification leads that was tapped while the app was open. */
export function onTapped(leadTo: (path: string) => void): void {
  navigator.serviceWorker?.addEventListener('message', ({ data }) => {
    if (data?.type === 'OPEN') leadTo(data.path)
  })
}

/** The service worker tells the server what it could not tell while there was no network. */
export async function handInReceipts(): Promise<void> {
  if (!('serviceWorker' in navigator)) return
  const registration = await navigator.serviceWorker.getRegistration()
  registration?.active?.postMessage({ type: 'RECEIPTS' })
}
