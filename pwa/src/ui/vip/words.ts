// What is said about cases and steps.
import { useI18n } from 'vue-i18n'
import type { Bilingual, Instant, VipStep } from '@/domain/documents'
import { moment } from '../clock'
import { daysBetween, useWords } from '../words'

export function useVipWords() {
  const words = useWords()
  const { t, span, staff, time, when } = words
  const { locale, te } = useI18n()

  const title = ({ zh, en }: Bilingual) => (locale.value === 'en' ? en : zh)

  const stage = (code: string) => (te(`vip_stage.${code}`) ? t(`vip_stage.${code}`) : code)

  /** "行政 · 陈敏": whose step it is, and whose in person. */
  const owner = ({ owner_role, assignee_id }: VipStep) =>
    [t(`role.${owner_role}`), staff(assignee_id)].filter(Boolean).join(' · ')

  /** "09:30" today, "明天 09:30", "11月25日 09:30". */
  const clock = (at: Instant) => (daysBetween(moment.value, Date.parse(at)) === 0 ? time(at) : when(at))

  /** "今天 10:30 · 还有 1 小时": the span within a day of it. */
  const arrival = (at: Instant | null) => {
    if (at === null) return t('vip.no_arrival')
    const left = Date.parse(at) - moment.value
    const near = left > 0 && left < 24 * 3_600_000
    return near ? `${when(at)} · ${t('time.left', { span: span(left) })}` : when(at)
  }

  return { ...words, title, stage, owner, clock, arrival }
}
