// What happened to a customer and what is booked, newest first.
import type { Appointment, Attempt, Id, Message, PhotoSet, Treatment, TreatmentBrief } from '@/domain/documents'
import { records } from '@/state'

export type Kind = 'photo' | 'followup' | 'treatment' | 'appointment' | 'message'

export type Entry =
  | { kind: 'followup'; id: Id; at: string; attempt: Attempt }
  | { kind: 'treatment'; id: Id; at: string; treatment: Treatment }
  | { kind: 'brief'; id: Id; at: string; brief: TreatmentBrief }
  | { kind: 'appointment'; id: Id; at: string; appointment: Appointment }
  | { kind: 'message'; id: Id; at: string; message: Message }
  | { kind: 'photo'; id: Id; at: string; set: PhotoSet }

export function timelineOf(customerId: Id): Entry[] {
  const treatments = records.by('treatment', 'customer_id', customerId)
  const known = new Set(treatments.map(({ id }) => id))
  const entries: Entry[] = [
    ...treatments.map((treatment) => ({
      kind: 'treatment' as const,
      id: treatment.id,
      at: treatment.performed_at ?? treatment.planned_at ?? treatment.created_at,
      treatment,
    })),
    // Who may not read treatments still reads who, what, when.
    ...records
      .by('treatment_brief', 'customer_id', customerId)
      .filter(({ id }) => !known.has(id))
      .map((brief) => ({ kind: 'brief' as const, id: brief.id, at: brief.at ?? brief.created_at, brief })),
    ...records
      .by('attempt', 'customer_id', customerId)
      .map((attempt) => ({ kind: 'followup' as const, id: attempt.id, at: attempt.at, attempt })),
    ...records
      .by('appointment', 'customer_id', customerId)
      .map((appointment) => ({ kind: 'appointment' as const, id: appointment.id, at: appointment.at, appointment })),
    ...records
      .by('message', 'customer_id', customerId)
      .map((message) => ({ kind: 'message' as const, id: message.id, at: message.at, message })),
    ...records
      .by('photo_set', 'customer_id', customerId)
      .map((set) => ({ kind: 'photo' as const, id: set.id, at: set.created_at, set })),
  ]
  return entries.sort((one, other) => (one.at < other.at ? 1 : -1))
}

export function isOfKind(entry: Entry, kind: Kind): boolean {
  return entry.kind === kind || (entry.kind === 'brief' && kind === 'treatment')
}
