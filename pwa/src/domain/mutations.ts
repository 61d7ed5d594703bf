import type {
  AttemptContent,
  Bilingual,
  Channel,
  ConsentPurpose,
  Customer,
  CustomerMedical,
  Id,
  Instant,
  NoticeSettings,
  Outcome,
  Preferences,
  Region,
  Role,
  Rule,
  Severity,
  SkippedView,
  TimePoint,
  TreatmentCategory,
  ViewCode,
  VipPlan,
  VipState,
  VipTemplate,
  Window,
} from './documents'
import type { ScreeningForm } from './vip/screening'

/** Fields to set, and the value each had when the person began to edit. */
interface Edit<T> {
  id: Id
  set: Partial<T>
  seen: Partial<T>
}

type CustomerFields = Pick<
  Customer,
  'name' | 'gender' | 'birth_date' | 'phones' | 'source' | 'referrer_id' | 'owner_id' | 'preferences'
>
type MedicalFields = Pick<CustomerMedical, 'history' | 'allergies' | 'medication' | 'previous_procedures' | 'notes'>

/** Every mutation of the product by name, with its arguments. New ids are made by the caller with `newId()`. */
export interface Mutations {
  'customer.create': {
    id: Id
    name: string
    gender?: 'female' | 'male' | null
    birth_date?: string | null
    phones: string[]
    source?: string | null
    referrer_id?: Id | null
    owner_id?: Id | null
    preferences?: Preferences
  }
  'customer.update': Edit<CustomerFields>
  'customer.update_medical': Edit<MedicalFields>
  'customer.keep': { customer_id: Id }
  'customer.release': { customer_id: Id }
  'alert.raise': { id: Id; customer_id: Id; text: string; severity: Severity }
  'alert.clear': { id: Id; reason: string }
  'conflict.resolve': { id: Id; choice: Record<string, unknown> }
  'treatment.plan': {
    id: Id
    customer_id: Id
    category: TreatmentCategory
    name: string
    sites: string[]
    planned_at: Instant
    consultant_id?: Id | null
    doctor_id?: Id | null
  }
  'treatment.complete': {
    id: Id
    customer_id: Id
    category: TreatmentCategory
    name: string
    sites: string[]
    performed_at: Instant
    rules_version?: number
    consultant_id?: Id | null
    doctor_id?: Id | null
    nurse_id?: Id | null
    products?: { name: string; lot: string }[]
  }
  'treatment.void': { id: Id; reason: string }
  'appointment.book': { id: Id; customer_id: Id; at: Instant; kind: string; staff_id?: Id | null }
  'appointment.move': { id: Id; at: Instant; reason?: string }
  'appointment.cancel': { id: Id; reason: string }
  'followup.create': {
    id: Id
    customer_id: Id
    kind: string
    role?: Role
    assignee_id?: Id
    channels: Channel[]
    due_from: Instant
    due_at: Instant
    purpose: string
  }
  'followup.reschedule': { id: Id; planned_at: Instant; reason: string }
  'followup.assign': { id: Id; assignee_id: Id }
  'followup.attempt': {
    id: Id
    followup_id: Id
    channel: Channel
    outcome: Outcome
    content: AttemptContent
    note?: string | null
    callback_at?: Instant
    started_at?: Instant
  }
  'followup.escalate': { id: Id; followup_id: Id; reason: string; doctor_id?: Id }
  'followup.hand_on': { id: Id; followup_id: Id; role?: Role; assignee_id?: Id; question: string }
  'message.sent': {
    id: Id
    customer_id: Id
    followup_id?: Id | null
    template: string | null
    body: string
    channel: string
  }
  /** `signature`: SVG path data, at most 64 KiB. */
  'consent.sign': {
    id: Id
    customer_id: Id
    purpose: ConsentPurpose
    wording_version: string
    signature: string
    signed_at: Instant
    guardian?: string | null
  }
  'consent.revoke': { id: Id; consent_id: Id; reason: string }
  'photo_set.start': {
    id: Id
    customer_id: Id
    treatment_id?: Id | null
    region: Region
    time_point: TimePoint
    rule: string
    checklist: Record<string, unknown>
    baseline_set_id?: Id | null
    chaperone?: string | null
    vip_case_id?: Id | null
  }
  'photo_set.skip': { id: Id } & SkippedView
  /** `answers`: to the criteria that no device can check. */
  'photo_set.finish': { id: Id; skipped?: SkippedView[]; answers?: Record<string, boolean> }
  'photo.add': {
    id: Id
    set_id: Id
    view: ViewCode
    sha256: string
    size_bytes: number
    width: number
    height: number
    taken_at: Instant
    capture: Record<string, unknown>
    checks: Record<string, unknown>
    override_reason?: string | null
    supersedes?: Id | null
  }
  /** Its original, where this phone still has it: for the log. */
  'photo.opened': { id: Id }
  'photo.void': { id: Id; reason: string }
  'vip.open': {
    id: Id
    customer_id: Id
    partner_id: Id
    screening: ScreeningForm
    arrival_at?: Instant | null
    party_size?: number | null
  }
  /** A return and a decline say why. */
  'vip.review': { case_id: Id; decision: 'approve' | 'return'; reason?: string | null }
  'vip.resubmit': { case_id: Id; screening: ScreeningForm }
  'vip.confirm': { case_id: Id; decision: 'confirm' | 'decline'; reason?: string | null }
  /** `price`: fen. */
  'vip.plan.write': { id: Id; case_id: Id } & Pick<VipPlan, 'label' | 'procedures' | 'price' | 'risks'>
  'vip.plan.approve': { id: Id }
  'vip.plan.release': { id: Id }
  'vip.plan.answer': { id: Id; answer: VipPlan['answers'][number]['answer']; note?: string | null }
  /** `reason`: why a lead ends it with mandatory steps open. */
  'vip.close': { case_id: Id; review: Record<string, unknown> }
  /** Nobody any more: null. */
  'vip.assign': { case_id: Id; role: Exclude<Role, 'partner_consultant'>; staff_id: Id | null }
  /** What is left out stays as it was. */
  'vip.arrival': {
    case_id: Id
    arrival_at: Instant
    party_size?: number | null
    transport?: Record<string, unknown> | null
  }
  /** `id`: of the event. `seen_state`: what the person had before them. */
  'vip.step': {
    id: Id
    step_id: Id
    state: VipState
    seen_state: VipState
    reason?: string | null
    note?: string | null
    photo_id?: Id | null
  }
  /** `left`: what stays open, with the reason. Without `staff_id` the day is one's own. */
  'day.sign_off': { id: Id; date: string; staff_id?: Id | null; left?: { followup_id: Id; reason: string }[] }
  'attempt.review': { id: Id; attempt_id: Id; verdict: 'fine' | 'talk'; note?: string | null }
  /** Null: nobody, and so publication is off. */
  'clinic.appoint_compliance': { staff_id: Id | null }
  /** Whether administrators and leads must have one. */
  'clinic.set_second_factor': { required: boolean }
  /** A new version of the rule table, made from the one seen. */
  'clinic.set_rules': { seen_version: number; rules: Rule[] }
  'clinic.set_windows': { call_windows: Window[] }
  'clinic.set_template': { code: string; body: Bilingual }
  /** Days as "2027-02-10". */
  'clinic.set_holidays': { add?: string[]; remove?: string[] }
  'clinic.set_vip_template': { seen_version: number } & Pick<VipTemplate, 'stages' | 'steps'>
  'notice.read': { id: Id }
  'notice.settings': Pick<NoticeSettings, 'kinds_off' | 'quiet' | 'channels' | 'wecom_id' | 'phone'>
  'rejection.dismiss': { id: Id }
}

export type MutationName = keyof Mutations
