// What a clinic may set for its follow-ups: rules, call windows, texts. The server checks the same.
import type { Bilingual, Moment, Role, Rule, Window } from './documents'

/** Roles that work on follow-ups. */
export const ruleRoles = [
  'customer_service',
  'consultant',
  'nurse',
  'doctor',
  'consult_assistant',
  'consult_lead',
  'cs_lead',
] as const satisfies readonly Role[]

export const placeholders = ['surname', 'form', 'clinic', 'staff', 'phone', 'treatment'] as const

export const longestDays = 1000
const reserved = ['doctor_escalation', 'hand_on', 'correct_phone']

/** The field of a rule that cannot stay as it is; null when it is sound. */
export function faultOfRule(rule: Rule, others: readonly Rule[] = []): keyof Rule | null {
  const { code, role, channels, from, due, plan_from, purpose } = rule
  if (!/^[a-z][a-z0-9_]{0,39}$/.test(code) || reserved.includes(code)) return 'code'
  if (others.some((other) => other.code === code)) return 'code'
  if (!(ruleRoles as readonly Role[]).includes(role)) return 'role'
  if (channels.length === 0 || new Set(channels).size < channels.length) return 'channels'
  if (!isMoment(from)) return 'from'
  if (!isMoment(due)) return 'due'
  if (plan_from && !isMoment(plan_from)) return 'plan_from'
  if ([FIRST, LAST].some((clock) => hoursOf(from, clock) > hoursOf(due, clock))) return 'due'
  return faultOfText(purpose, 200) ? 'purpose' : null
}

function isMoment(moment: Moment): boolean {
  const [count, most] = 'hours' in moment ? [moment.hours, longestDays * 24] : [moment.day, longestDays]
  return Number.isInteger(count) && count >= 0 && count <= most
}

// Hours are whole, so half an hour before midnight may stand for the last second of a day, and an hour before midnight
// for the last treatment of a day: comparisons come out the same.
const FIRST = 0
const LAST = 23

/** Hours after the midnight before a treatment that was completed at `clock` o'clock. */
function hoursOf(moment: Moment, clock: number): number {
  if ('hours' in moment) return clock + moment.hours
  return 24 * moment.day + (moment.edge === 'end' ? 23.5 : 0)
}

/** Windows begin before they end, one after the other. */
export function windowsAreSound(windows: readonly Window[]): boolean {
  const times = windows.flat()
  return (
    windows.length > 0 &&
    windows.length <= 8 &&
    times.every((clock) => /^([01][0-9]|2[0-3]):[0-5][0-9]$/.test(clock)) &&
    windows.every(([opens, closes]) => opens < closes) &&
    windows.every(([opens], index) => index === 0 || (windows[index - 1] as Window)[1] <= opens)
  )
}

/** Which language of a text for customers cannot stay: empty, too long, or with a placeholder that means nothing. */
export function faultOfTemplate(body: Bilingual): keyof Bilingual | null {
  const known = new RegExp(`\\{(${placeholders.join('|')})\\}`, 'g')
  const broken = (text: string) => /[{}]/.test(text.replace(known, ''))
  return faultOfText(body, 500) ?? (['zh', 'en'] as const).find((language) => broken(body[language])) ?? null
}

/** A text with its placeholders filled in; one that is not known stays as it is. */
export function filledIn(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, key: string) => values[key] ?? whole)
}

function faultOfText(text: Bilingual, longest: number): keyof Bilingual | null {
  const unfit = (written: string) => written === '' || [...written].length > longest
  return (['zh', 'en'] as const).find((language) => unfit(text[language])) ?? null
}
