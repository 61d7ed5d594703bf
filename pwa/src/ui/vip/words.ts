// What is said about cases and steps.
import { useI18n } from 'vue-i18n'
import type { Bilingual, Instant, VipCaseBrief, VipStep } from '@/domain/documents'
import { records } from '@/state'
import { moment } from '../clock'
import { daysBetween, useWords } from '../words'

export function useVipWords() {
  const words = useWords()
  const { t, span, staff, time, when } = words
  const { locale, te } = useI18n()

  const title = ({ zh, en }: Bilingual) => (locale.value === 'en' ? en : zh)

  /** As the journey calls it that the case was opened under; the clinic may have renamed or added stages. */
  const stage = (code: string, { template_version }: VipCaseBrief) => {
    const journey = records.all('vip_template').find(({ version }) => version === template_version)
    const own = journey?.stages.find((one) => one.code === code)?.title
    return own ? title(own) : te(`vip_stage.${code}`) ? t(`vip_stage.${code}`) : code
  }

  /** "12,800 元", from fen. */
  const money = (fen: number) => t('vip.money', { amount: new Intl.NumberFormat(locale.value).format(fen / 100) })

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

  return { ...words, title, stage, owner, clock, arrival, money }
}
