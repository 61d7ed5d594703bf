// What a person does with a follow-up.
import type { AttemptContent, Channel, Followup, Id, Instant, Outcome, Role } from '@/domain/documents'
import { type MutateAnswer, mutate, newId, now } from '@/state'
import { endCall, fillTemplate, numberOf, openCall, sendText } from './contact'

/** How long an ordinary record can be taken back. */
export const UNDO_MS = 10_000

export interface AttemptForm {
  channel: Channel
  outcome: Outcome
  content?: AttemptContent
  note?: string
  callback_at?: Instant
}

/** What "all normal" says about the customer. */
const allNormal: AttemptContent = { reaction: 'none', adherence: 'yes', mood: 'calm' }

/** Saved at once, sent when it can no longer be taken back; `urgent` is sent at once. */
export async function recordAttempt(followup: Followup, form: AttemptForm, urgent = false): Promise<MutateAnswer> {
  const begun = openCall()
  const answer = await mutate(
    'followup.attempt',
    {
      id: newId(),
      followup_id: followup.id,
      channel: form.channel,
      outcome: form.outcome,
      content: form.content ?? {},
      ...(form.note ? { note: form.note } : {}),
      ...(form.callback_at ? { callback_at: form.callback_at } : {}),
      ...(begun?.followup_id === followup.id ? { started_at: begun.started_at } : {}),
    },
    urgent ? undefined : { hold_ms: UNDO_MS },
  )
  if (answer.kind === 'saved' && begun?.followup_id === followup.id) endCall()
  return answer
}

export const recordAllNormal = (followup: Followup): Promise<MutateAnswer> =>
  recordAttempt(followup, { channel: 'call', outcome: 'reached', content: allNormal })

/** Records the missed call and opens the missed-call text, filled in. Both can be taken back. */
export async function recordNoAnswer(followup: Followup): Promise<MutateAnswer[]> {
  const attempt = await recordAttempt(followup, { channel: 'call', outcome: 'no_answer' })
  const body = fillTemplate('missed_call', followup)
  if (attempt.kind !== 'saved' || !body || !numberOf(followup.customer_id)) return [attempt]
  return [attempt, await sendText('missed_call', body, followup, { hold_ms: UNDO_MS })]
}

/** To the doctor at once; what the customer said is recorded first, where there is something. */
export async function escalate(followup: Followup, reason: string, form?: AttemptForm): Promise<MutateAnswer[]> {
  const answers: MutateAnswer[] = []
  if (form) answers.push(await recordAttempt(followup, form, true))
  if (answers.every(({ kind }) => kind === 'saved')) {
    answers.push(await mutate('followup.escalate', { id: newId(), followup_id: followup.id, reason }))
  }
  return answers
}

export type Receiver = { role: Role } | { assignee_id: Id }

export const handOn = (followup: Followup, receiver: Receiver, question: string): Promise<MutateAnswer> =>
  mutate('followup.hand_on', { id: newId(), followup_id: followup.id, question, ...receiver })

export const reschedule = (followup: Followup, plannedAt: Instant, reason: string): Promise<MutateAnswer> =>
  mutate('followup.reschedule', { id: followup.id, planned_at: plannedAt, reason })

export const assign = (followup: Followup, assigneeId: Id): Promise<MutateAnswer> =>
  mutate('followup.assign', { id: followup.id, assignee_id: assigneeId })

/** A contact that no rule asks for, owed from now on. */
export const createFollowUp = (
  customerId: Id,
  receiver: Receiver,
  channels: Channel[],
  dueAt: Instant,
  purpose: string,
): Promise<MutateAnswer> =>
  mutate('followup.create', {
    id: newId(),
    customer_id: customerId,
    kind: 'manual',
    channels,
    due_from: new Date(now()).toISOString(),
    due_at: dueAt,
    purpose,
    ...receiver,
  })
