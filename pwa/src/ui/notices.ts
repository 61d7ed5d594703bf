// Notices outside of the app: where a tapped one leads, what leaves the lock screen, the number on the icon, and that
// this phone can be reached at all.
import { computed, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { readNotice } from '@/actions/notices'
import { clearOver, endPushes, handInReceipts, renewPushes, wantsPushes } from '@/actions/notifications'
import { onTapped, showBadge } from '@/device/notifications'
import { dueCount } from '@/domain/agenda'
import { records, session, sync } from '@/state'
import { moment } from './clock'
import { i18n } from './i18n'

export const noticeLanguage = (): 'zh' | 'en' => (i18n.global.locale.value === 'en' ? 'en' : 'zh')

/** For the app as a whole, once. */
export function followNotices(): void {
  const route = useRoute()
  const router = useRouter()

  onTapped((path) => void router.push(path))

  // A notification leads to `/followups/<id>?notice=<id>`: being there is having read it, as soon as the phone knows it.
  const tapped = computed(() => (typeof route.query.notice === 'string' ? route.query.notice : null))
  const unread = computed(() => {
    const notice = tapped.value ? records.get('notice', tapped.value) : undefined
    return notice && !notice.read_at ? notice.id : null
  })
  watch(unread, (id) => id && void readNotice(id), { immediate: true })

  const person = computed(() => session.person?.id)
  watch(
    [person, () => sync.firstSyncComplete],
    ([id, ready]) => {
      if (!id && session.started) void endPushes()
      else if (id && ready) void renewPushes(noticeLanguage())
    },
    { immediate: true },
  )

  const settled = computed(() => records.all('notice').filter((notice) => notice.read_at).length)
  watch([() => sync.lastContact, settled], () => {
    if (!wantsPushes()) return
    void clearOver()
    void handInReceipts()
  })

  const due = computed(() => (session.person ? dueCount(records.all('followup'), session.person, moment.value) : 0))
  watch(due, (count) => void showBadge(count), { immediate: true })
}
