// How a person is told of things while the app is closed.
import {
  askForNotifications,
  clearShown,
  handInReceipts,
  notifyState,
  subscribe,
  unsubscribe,
} from '@/device/notifications'
import { settings } from '@/device/storage'
import type { Id, NoticeSettings } from '@/domain/documents'
import { type MutateAnswer, mutate, type OnlineAnswer, online, records, session, sync } from '@/state'

export type Choice = Pick<NoticeSettings, 'kinds_off' | 'quiet' | 'channels' | 'wecom_id' | 'phone'>

export const defaultChoice: Choice = {
  kinds_off: [],
  quiet: { from: '21:00', to: '08:00' },
  channels: ['push', 'wecom', 'sms'],
  wecom_id: null,
  phone: null,
}

export const chosen = (): Choice => records.all('notice_settings')[0] ?? defaultChoice

export const choose = (changes: Partial<Choice>): Promise<MutateAnswer> => {
  const { kinds_off, quiet, channels, wecom_id, phone } = chosen()
  return mutate('notice.settings', { kinds_off, quiet, channels, wecom_id, phone, ...changes })
}

/** Two people of one phone: each decides for themselves, though the browser asks only once. */
const wish = (person: Id) => `push.${person}`

export const wantsPushes = (): boolean => session.person !== null && settings.read(wish(session.person.id)) === 'on'
export const hasDecided = (): boolean => session.person !== null && settings.read(wish(session.person.id)) !== null

export type AllowAnswer = OnlineAnswer<null> | { kind: 'denied' | 'failed' }

/** Asks the browser (after a tap only) and tells the server where this phone is reached. */
export async function allowPushes(language: 'zh' | 'en'): Promise<AllowAnswer> {
  if (!session.person) return { kind: 'failed' }
  if (!(await askForNotifications())) return { kind: 'denied' }
  settings.write(wish(session.person.id), 'on')
  return renewPushes(language)
}

export async function declinePushes(): Promise<void> {
  if (session.person) settings.write(wish(session.person.id), 'off')
  await unsubscribe().catch(() => undefined)
}

/** At every launch: browsers change subscriptions without telling, servers their keys. */
export async function renewPushes(language: 'zh' | 'en'): Promise<AllowAnswer> {
  if (!wantsPushes() || notifyState() !== 'on') return { kind: 'denied' }
  const key = await online.pushKey()
  if (key.kind !== 'ok') return key
  try {
    return await online.keepSubscription({ ...(await subscribe(key.value)), language })
  } catch {
    return { kind: 'failed' } // the browser's push service is not to be had: many phones have none
  }
}

/** Nobody is signed in: nothing is to come to this browser. */
export const endPushes = (): Promise<void> => unsubscribe().catch(() => undefined)

/** Behind this, what the phone holds may not know of a notice that has just been shown. */
const SETTLED_MS = 10_000

/** What somebody has dealt with, here or elsewhere, leaves the lock screen. */
export async function clearOver(): Promise<void> {
  const contact = sync.lastContact ? Date.parse(sync.lastContact) : 0
  await clearShown((id, shownAt) => {
    const notice = records.get('notice', id)
    return notice ? notice.read_at !== null : shownAt + SETTLED_MS < contact
  }).catch(() => undefined)
}

export { handInReceipts }
