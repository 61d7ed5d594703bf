// Reaching the customer: the phone's dialler, the phone's messages.
import { openLink, smsLink, telLink } from '@/device/phone'
import { settings } from '@/device/storage'
import type { Followup, Id } from '@/domain/documents'
import { filledIn } from '@/domain/rulebook'
import { type MutateAnswer, mutate, newId, now, records, session } from '@/state'

const CALL_KEY = 'call'
/** A call older than this is no longer the one the person comes back from. */
const CALL_LIFE_MS = 2 * 60 * 60 * 1000

/** A call or a text that the person left the app for, and whose record is still owed. */
export interface Call {
  followup_id: Id
  started_at: string
  way: 'call' | 'text'
}

/** The number to ring: the customer's first. */
export const numberOf = (customerId: Id): string | null => records.get('customer', customerId)?.phones[0] ?? null

function remember(followup: Followup, way: Call['way']): void {
  const begun: Call = { followup_id: followup.id, started_at: new Date(now()).toISOString(), way }
  settings.write(CALL_KEY, JSON.stringify(begun))
}

/** Rings the customer and remembers it, so that coming back (also after a cold start) lands on the record. */
export function call(followup: Followup): boolean {
  const number = numberOf(followup.customer_id)
  if (!number) return false
  remember(followup, 'call')
  openLink(telLink(number))
  return true
}

/** Tells the customer that a call is coming. */
export async function announce(followup: Followup): Promise<MutateAnswer | null> {
  const body = fillTemplate('announce_call', followup)
  return body === null ? null : sendText('announce_call', body, followup)
}

/** Writes instead of calling; coming back lands on the record. */
export async function write(followup: Followup): Promise<MutateAnswer | null> {
  const code = followup.rule.startsWith('appointment') ? 'revisit_reminder' : 'day1_care'
  const body = fillTemplate(code, followup)
  if (body === null) return null
  remember(followup, 'text')
  return sendText(code, body, followup)
}

/** The call or text that still waits for its record. */
export function openCall(): Call | null {
  try {
    const begun = JSON.parse(settings.read(CALL_KEY) ?? 'null') as Call | null
    return begun && now() - Date.parse(begun.started_at) < CALL_LIFE_MS ? begun : null
  } catch {
    return null
  }
}

export function endCall(): void {
  settings.write(CALL_KEY, 'null')
}

/** The clinic's template filled in for this customer; null if the clinic has none of that code. */
export function fillTemplate(code: string, followup: Pick<Followup, 'customer_id' | 'treatment_id'>): string | null {
  const template = records.all('template').find((one) => one.code === code)
  if (!template) return null
  const brief = records.get('customer_brief', followup.customer_id)
  const values: Record<string, string> = {
    surname: brief?.surname ?? '',
    form: brief?.form ?? '',
    clinic: records.clinic?.name ?? '',
    phone: records.clinic?.phone ?? '',
    staff: session.person?.name ?? '',
    treatment: records.get('treatment', followup.treatment_id)?.name ?? '',
  }
  // Customers of these clinics are written to in Chinese, whatever language the screen has.
  return filledIn(template.body.zh, values)
}

/** Keeps on record that the text was sent from this phone, then opens it in the phone's messages. */
export async function sendText(
  template: string,
  body: string,
  followup: Pick<Followup, 'customer_id'> & { id?: Id },
  options?: { hold_ms: number },
): Promise<MutateAnswer> {
  const number = numberOf(followup.customer_id)
  const answer = await mutate(
    'message.sent',
    {
      id: newId(),
      customer_id: followup.customer_id,
      followup_id: followup.id ?? null,
      template,
      body,
      channel: 'sms',
    },
    options,
  )
  if (answer.kind === 'saved' && number) openLink(smsLink(number, body))
  return answer
}
