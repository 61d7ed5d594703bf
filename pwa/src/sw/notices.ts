// Pushes: shown at once and always, one notification a thing; a tap leads to the thing, whether the app is open or not.
import { handIn, note } from './receipts'

declare const self: ServiceWorkerGlobalScope

/** The server's message (declarative web push, so that Safari can show it without us). */
interface Pushed {
  notification: {
    title: string
    body: string
    lang: string
    navigate: string
    tag: string
    app_badge: number
    data: Data
  }
}

interface Data {
  notice: string
  device: string
  path: string
  shown_at: number
}

export function answerPushes(): void {
  self.addEventListener('push', (event) => event.waitUntil(show(event.data)))
  self.addEventListener('notificationclick', (event) => event.waitUntil(open(event.notification)))
  self.addEventListener('message', (event) => {
    if ((event.data as { type?: string } | null)?.type === 'RECEIPTS') event.waitUntil(handIn())
  })
}

/** A push that shows nothing would end the subscription on some phones: what cannot be read is announced, too. */
async function show(message: PushMessageData | null): Promise<void> {
  const pushed = read(message)
  if (!pushed) return self.registration.showNotification('美档', { data: { path: '/me/inbox' } })
  const { title, body, lang, navigate, tag, app_badge, data } = pushed.notification
  const { pathname, search } = new URL(navigate)
  const before = await self.registration.getNotifications({ tag })
  // The same notice again (the server was not sure) must not ring twice; a newer one about the same thing rings.
  const again = before.some((shown) => (shown.data as Data).notice === data.notice)
  const options: NotificationOptions & { renotify: boolean } = {
    body,
    lang,
    tag,
    renotify: !again,
    silent: again,
    icon: '/icons/icon-192.png',
    badge: '/icons/icon-192.png',
    data: { ...data, path: pathname + search, shown_at: Date.now() } satisfies Data,
  }
  await self.registration.showNotification(title, options)
  await Promise.all([count(app_badge), tellPages({ type: 'PUSHED' }), receipt(data, 'shown')])
}

async function open(notification: Notification): Promise<void> {
  notification.close()
  const data = notification.data as Data
  const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  const page = pages.find(({ visibilityState }) => visibilityState === 'visible') ?? pages[0]
  if (page) {
    // The page leads there itself: loading it anew would cost what is being typed.
    page.postMessage({ type: 'OPEN', path: data.path })
    await page.focus().catch(() => undefined)
  } else {
    await self.clients.openWindow(data.path)
  }
  if (data.notice) await receipt(data, 'opened')
}

function read(message: PushMessageData | null): Pushed | null {
  try {
    return message?.json() as Pushed
  } catch {
    return null
  }
}

const receipt = ({ notice, device }: Data, state: 'shown' | 'opened') =>
  note({ notice_id: notice, device, state, at: new Date().toISOString() }).catch(() => undefined)

async function tellPages(message: unknown): Promise<void> {
  for (const page of await self.clients.matchAll({ type: 'window' })) page.postMessage(message)
}

async function count(due: number): Promise<void> {
  await (navigator as { setAppBadge?(count: number): Promise<void> }).setAppBadge?.(due).catch(() => undefined)
}
