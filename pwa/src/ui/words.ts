// Times and names as people say them.
import { useI18n } from 'vue-i18n'
import type { Followup, Id, Instant } from '@/domain/documents'
import { dayOf, instantOf } from '@/domain/zone'
import { records } from '@/state'
import { moment } from './clock'

const MINUTE = 60_000
const HOUR = 3_600_000
const DAY = 86_400_000

const formats = new Map<string, Intl.DateTimeFormat>()

/** Asking Intl for a format is slow: each is made once. */
function format(locale: string, timeZone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${timeZone} ${JSON.stringify(options)}`
  let made = formats.get(key)
  if (!made) {
    made = new Intl.DateTimeFormat(locale, { ...options, timeZone })
    formats.set(key, made)
  }
  return made
}

/** In the order in which people look for a name: that of pinyin. */
export const byName = <Named extends { name: string }>(all: Iterable<Named>): Named[] =>
  [...all].sort((one, other) => one.name.localeCompare(other.name, 'zh'))

export const zone = (): string => records.clinic?.timezone ?? 'Asia/Shanghai'

/** Days on which nobody is called, "2027-02-10". */
export const closedDays = (): readonly string[] => records.clinic?.holidays ?? []

/** Calendar days of the clinic from `from` to `to`. */
export const daysBetween = (from: number, to: number): number =>
  Math.round((dayOf(to, zone()) - dayOf(from, zone())) / DAY)

/** "2026-11-22T14:30" as the clinic's clocks show it: the value of a datetime-local field. */
export function toField(at: number): string {
  return format('sv-SE', zone(), {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  })
    .format(at)
    .replace(' ', 'T')
}

/** The instant a datetime-local field means in the clinic; null while it is incomplete. */
export function fromField(value: string): Instant | null {
  const parts = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)/.exec(value)
  if (!parts) return null
  const [year, month, day, hour, minute] = parts.slice(1).map(Number) as [number, number, number, number, number]
  return new Date(instantOf(Date.UTC(year, month - 1, day), hour * HOUR + minute * MINUTE, zone())).toISOString()
}

export function useWords() {
  const { t, te, locale } = useI18n()

  const time = (at: Instant | number) =>
    format(locale.value, zone(), { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(new Date(at))

  const date = (at: Instant | number) => {
    const sameYear = toField(Number(new Date(at))).slice(0, 4) === toField(moment.value).slice(0, 4)
    const year = sameYear ? {} : { year: 'numeric' as const }
    return format(locale.value, zone(), { ...year, month: 'short', day: 'numeric' }).format(new Date(at))
  }

  /** "2026年11月" */
  const month = (at: Instant | number) =>
    format(locale.value, zone(), { year: 'numeric', month: 'long' }).format(new Date(at))

  const today = () =>
    format(locale.value, zone(), { month: 'long', day: 'numeric', weekday: 'short' }).format(new Date(moment.value))

  const exact = (at: Instant | number) => `${date(at)} ${time(at)}`

  const span = (ms: number) => {
    const minutes = Math.max(1, Math.round(ms / MINUTE))
    if (minutes < 60) return t('time.minutes', { n: minutes })
    const hours = Math.floor(minutes / 60)
    const rest = minutes % 60
    return rest && hours < 12 ? t('time.hours_minutes', { h: hours, m: rest }) : t('time.hours', { n: hours })
  }

  /** "还有 40 分钟", "昨天到期". */
  const due = (at: Instant) => {
    const when = Date.parse(at)
    const left = when - moment.value
    const days = daysBetween(moment.value, when)
    if (left >= 0) {
      if (left < 12 * HOUR && days === 0) return t('time.left', { span: span(left) })
      if (days === 0) return t('time.today_until', { time: time(at) })
      if (days === 1) return t('time.tomorrow')
      return t('time.due_on', { date: date(at) })
    }
    if (days === 0) return t('time.overdue_by', { span: span(-left) })
    if (days === -1) return t('time.due_yesterday')
    return t('time.overdue_days', { n: -days })
  }

  /** "今天 14:30", "明天 11:00", "11月25日 11:00". */
  const when = (at: Instant | number) => {
    const days = daysBetween(moment.value, Number(new Date(at)))
    const day =
      days === 0 ? t('time.today') : days === 1 ? t('time.tomorrow') : days === -1 ? t('time.yesterday') : date(at)
    return `${day} ${time(at)}`
  }

  const ago = (at: Instant) => {
    const past = moment.value - Date.parse(at)
    if (past < MINUTE) return t('time.just_now')
    return past < 12 * HOUR ? t('time.ago', { span: span(past) }) : when(at)
  }

  /** How long since the treatment: hours on its day, then "第 n 天". */
  const since = (performedAt: Instant) => {
    const days = daysBetween(Date.parse(performedAt), moment.value)
    if (days > 0) return t('time.day_n', { n: days })
    return t('time.hours', { n: Math.max(0, Math.floor((moment.value - Date.parse(performedAt)) / HOUR)) })
  }

  /** Surname and form of address: what may be read over a shoulder. */
  const address = (customerId: Id) => {
    const brief = records.get('customer_brief', customerId)
    if (brief) return t('name.address', { surname: brief.surname, form: form(brief.form) })
    const name = records.get('customer', customerId)?.name
    return name ?? t('name.unknown')
  }

  const form = (written: string) => (te(`form.${written}`) ? t(`form.${written}`) : written)

  /** Full name where the person may read it. */
  const fullName = (customerId: Id) => records.get('customer', customerId)?.name ?? address(customerId)

  const staff = (id: Id | null | undefined) => (id ? (records.get('staff', id)?.name ?? t('name.unknown_staff')) : '')

  /** What a follow-up is called: its rule, what the clinic's own rule is for, or what a person called a manual one. */
  const rule = (code: string) => {
    if (te(`rule.${code}`)) return t(`rule.${code}`)
    const own = records.all('rule_table').flatMap(({ rules }) => rules.filter((one) => one.code === code))
    return own.at(-1)?.purpose[locale.value === 'en' ? 'en' : 'zh'] ?? code
  }

  /** What a rule's follow-up is for, in the language of the screen; what a person wrote stays as it is. */
  const purpose = ({ rule: code, purpose: written }: Followup) => {
    for (const { rules } of records.all('rule_table')) {
      const owed = rules.find((one) => one.code === code)?.purpose
      if (owed?.zh === written) return locale.value === 'en' ? owed.en : owed.zh
    }
    return written
  }

  const appointmentKind = (code: string) => (te(`appointment.kinds.${code}`) ? t(`appointment.kinds.${code}`) : code)

  return {
    t,
    te,
    appointmentKind,
    purpose,
    time,
    date,
    month,
    today,
    exact,
    span,
    due,
    when,
    ago,
    since,
    address,
    fullName,
    staff,
    rule,
  }
}
