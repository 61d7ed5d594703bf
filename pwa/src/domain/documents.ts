/**
 * The documents a device holds: what the server's feed publishes, one type a table.
 * Instants are UTC ISO 8601 with milliseconds and Z; dates are YYYY-MM-DD; ids are UUIDs.
 */

export type Id = string
export type Instant = string

export type Role =
  | 'front_desk'
  | 'consult_assistant'
  | 'consultant'
  | 'consult_lead'
  | 'customer_service'
  | 'cs_lead'
  | 'nurse'
  | 'doctor'
  | 'channel_dev'
  | 'partner_consultant'
  | 'admin_office'
  | 'finance'
  | 'ops_director'
  | 'clinic_admin'

/** Text in both languages of the product. */
export type Bilingual = { zh: string; en: string }

interface Row {
  id: Id
  created_at: Instant
  updated_at: Instant
  updated_by: Id | null
}

/** ["11:00", "12:30"], times of day in the clinic's zone. */
export type Window = [from: string, to: string]

export interface Clinic extends Row {
  code: string
  name: string
  phone: string
  timezone: string
  call_windows: Window[]
  rules_version: number
  /** Closed days, "2027-02-10", sorted; null: none have ever been entered. */
  holidays?: string[] | null
  /** Who alone may take pictures out for publication; null: nobody. */
  compliance_officer_id: Id | null
  /** Whether administrators and leads must have one. */
  second_factor?: boolean | null
}

export interface Staff extends Row {
  name: string
  roles: Role[]
  login: string
  partner_id: Id | null
  active: boolean
}

export interface Partner extends Row {
  name: string
}

/** {"hours": 2}: T + 2 h exactly. {"day": 3, "edge": "end"}: 23:59:59 of the third calendar day after the day of T. */
export type Moment = { hours: number } | { day: number; edge: 'start' | 'end' }

export type Channel = 'call' | 'text' | 'record'

export type Rule = {
  code: string
  role: Role
  assign: 'owner' | null
  channels: Channel[]
  from: Moment
  due: Moment
  plan_from?: Moment | null
  purpose: Bilingual
}

export interface RuleTable extends Row {
  version: number
  rules: Rule[]
}

/** Placeholders of the body: {surname} {form} {clinic} {staff} {phone} {treatment}. */
export interface Template extends Row {
  code: string
  channel: 'text'
  body: Bilingual
}

/** Surname and form of address; the id is the customer's. */
export interface CustomerBrief extends Row {
  customer_id: Id
  surname: string
  form: string
}

export interface Preferences {
  contact?: 'any' | 'text_only' | 'no_call'
  best_time?: { from: string; to: string }
  drink?: string
  temperature?: string
  music?: string
  diet?: string
  companions?: string
  no_marketing?: boolean
  [other: string]: unknown
}

export interface Customer extends Row {
  name: string
  gender: 'female' | 'male' | null
  birth_date: string | null
  phones: string[]
  source: string | null
  referrer_id: Id | null
  owner_id: Id | null
  preferences: Preferences
  /** Lower-case syllables separated by blanks, made by the server; absent until it has confirmed the name. */
  pinyin?: string
}

export type Severity = 'info' | 'warning' | 'danger'

export interface CustomerAlert extends Row {
  customer_id: Id
  text: string
  severity: Severity
}

/** The id is the customer's. */
export interface CustomerMedical extends Row {
  customer_id: Id
  history: string
  allergies: string[]
  medication: string[]
  previous_procedures: string[]
  notes: string
}

export interface Appointment extends Row {
  customer_id: Id
  at: Instant
  kind: string
  staff_id: Id | null
  status: 'booked' | 'arrived' | 'missed' | 'cancelled'
}

/** The id is the treatment's. */
export interface TreatmentBrief extends Row {
  customer_id: Id
  name: string
  at: Instant
  status: TreatmentStatus
}

export type TreatmentCategory = 'surgery' | 'laser_skin' | 'injectable' | 'dental'
export type TreatmentStatus = 'planned' | 'complete' | 'voided'

export interface Treatment extends Row {
  customer_id: Id
  category: TreatmentCategory
  name: string
  sites: string[]
  planned_at: Instant | null
  performed_at: Instant | null
  consultant_id: Id | null
  doctor_id: Id | null
  nurse_id: Id | null
  products: { name: string; lot: string }[]
  rules_version: number | null
  status: TreatmentStatus
}

export type FollowupStatus = 'open' | 'escalated' | 'done' | 'unreachable' | 'cancelled'

export interface Followup extends Row {
  customer_id: Id
  treatment_id: Id | null
  /** A rule code, `doctor_escalation`, `hand_on`, `correct_phone`, or the kind of a manual one. */
  rule: string
  role: Role
  assignee_id: Id | null
  channels: Channel[]
  due_from: Instant
  due_at: Instant
  planned_at: Instant
  purpose: string
  status: FollowupStatus
  attempts: number
  unanswered: number
  /** Days (clinic zone) of unanswered attempts, distinct. */
  unanswered_days: string[]
  parent_id: Id | null
  closed_by: Id | null
  closed_at: Instant | null
  /** Who asked for it; null: a rule did, or it is older than this field. */
  by?: Id | null
}

/** Somebody's day is closed: by them, or by a lead for them. The newest of a day counts. */
export interface DaySignOff extends Row {
  /** The clinic's day, "2026-11-22". */
  date: string
  staff_id: Id
  by: Id
  at: Instant
}

/** Why a follow-up was left on a day; it opens the next day as overdue all the same. */
export interface Excuse extends Row {
  followup_id: Id
  customer_id: Id
  date: string
  reason: string
  by: Id
  at: Instant
}

/** A lead has looked at somebody's attempt. */
export interface AttemptReview extends Row {
  attempt_id: Id
  customer_id: Id
  verdict: 'fine' | 'talk'
  note: string | null
  by: Id
  at: Instant
}

export type Outcome = 'reached' | 'texted' | 'recorded' | 'no_answer' | 'asked_callback' | 'wrong_number' | 'refused'

export type AttemptContent = {
  reaction?: 'none' | 'mild' | 'severe' | null
  reaction_note?: string | null
  adherence?: 'yes' | 'partly' | 'no' | null
  recovery?: 1 | 2 | 3 | 4 | 5 | null
  mood?: 'calm' | 'anxious' | 'upset' | null
  questions_answered?: boolean | null
  next_revisit?: 'booked' | 'reminded' | 'not_needed' | null
}

export interface Attempt extends Row {
  followup_id: Id
  customer_id: Id
  channel: Channel
  outcome: Outcome
  content: AttemptContent
  note: string | null
  callback_at: Instant | null
  started_at: Instant | null
  by: Id
  at: Instant
  after_close: boolean
}

export interface Message extends Row {
  customer_id: Id
  followup_id: Id | null
  template: string | null
  body: string
  channel: string
  by: Id
  at: Instant
  delivery: string
}

/** Two people changed one field; `kept` stands until a person chooses. */
export interface Conflict extends Row {
  table: TableName
  row_id: Id
  customer_id: Id
  fields: Record<string, { kept: unknown; other: unknown; by: Id; at: Instant }>
}

/** A mutation that the server refused, kept whole for the person who made it. */
export interface RejectionDocument extends Row {
  device_id: Id
  seq: number
  name: string
  args: Record<string, unknown>
  code: string
  message: string
  at: Instant
}

export interface Notice extends Row {
  kind: string
  title: Bilingual
  /** Where it leads inside the app, `/followups/<id>`. */
  target: string
  read_at: Instant | null
  deliveries: Delivery[]
}

export type NoticeChannel = 'push' | 'wecom' | 'sms'

/** What became of a notice on one channel; what has not happened is absent. `failed`: a code. */
export type Delivery = {
  channel: NoticeChannel
  sent_at?: Instant
  shown_at?: Instant
  opened_at?: Instant
  failed?: string
}

/** What can be switched off; escalations cannot. */
export type NoticeKind = 'morning' | 'window' | 'deadline' | 'hand_on' | 'unreachable' | 'parked'

/** How a person wants to be told; the id is derived from theirs. */
export interface NoticeSettings extends Row {
  kinds_off: NoticeKind[]
  /** Times of day in the clinic's zone; the same twice: never quiet. */
  quiet: { from: string; to: string }
  /** In the order in which they are tried. */
  channels: NoticeChannel[]
  wecom_id: string | null
  phone: string | null
}

export type ConsentPurpose = 'record' | 'teaching' | 'publish_face' | 'publish_no_face' | 'recording'

/** The signature itself stays on the server. */
export interface Consent extends Row {
  customer_id: Id
  purpose: ConsentPurpose
  wording_version: string
  guardian: string | null
  signed_at: Instant
  revoked_at: Instant | null
}

export type Region =
  | 'face'
  | 'nose'
  | 'eye'
  | 'brow'
  | 'lip'
  | 'ear'
  | 'neck'
  | 'breast'
  | 'body'
  | 'thigh'
  | 'arm'
  | 'hair'
  | 'skin'

export type TimePoint = 'pre' | 'immediate' | 'd1' | 'd3' | 'd7' | 'm1' | 'm3' | 'm6' | 'm12' | 'other'

/** A view of the catalogue; which of them a region has, the catalogue says. */
export type ViewCode =
  | 'BA'
  | 'CE'
  | 'CU-F'
  | 'CU-LL'
  | 'CU-LO'
  | 'CU-RL'
  | 'CU-RO'
  | 'F'
  | 'F-armsup'
  | 'F-bend'
  | 'F-bowed'
  | 'F-closed'
  | 'F-down'
  | 'F-frown'
  | 'F-hips'
  | 'F-platysma'
  | 'F-pucker'
  | 'F-raise'
  | 'F-smile'
  | 'F-teeth'
  | 'F-up'
  | 'LL'
  | 'LO'
  | 'PLO'
  | 'PO'
  | 'PRO'
  | 'RL'
  | 'RL-flexed'
  | 'RL-smile'
  | 'RO'
  | 'crown'
  | 'vertex'

export type SkippedView = { view: ViewCode; reason: string }

export interface PhotoSet extends Row {
  customer_id: Id
  treatment_id: Id | null
  region: Region
  time_point: TimePoint
  rule: string
  checklist: Record<string, unknown>
  baseline_set_id: Id | null
  chaperone: string | null
  vip_case_id: Id | null
  status: 'taking' | 'finished'
  skipped: SkippedView[]
  by: Id | null
}

/** Immutable. `stored`: the clinic safely keeps bytes with this SHA-256 for it; only then may this phone forget them. */
export interface Photo extends Row {
  customer_id: Id
  set_id: Id
  view: ViewCode
  sha256: string
  size_bytes: number
  width: number
  height: number
  taken_at: Instant
  capture: Record<string, unknown>
  checks: Record<string, unknown>
  override_reason: string | null
  supersedes: Id | null
  stored: boolean
  voided: boolean
  by: Id | null
}

export type VipStatus = 'screening' | 'returned' | 'reviewed' | 'confirmed' | 'declined' | 'closed'

/** A schedule as it was given; null: left as it stood. The first is the opening. */
export type VipMove = {
  by: Id | null
  at: Instant
  mutation_id: Id
  arrival_at: Instant | null
  party_size: number | null
  transport: Record<string, unknown> | null
}

/** What partners see of a case; `team`: one person a role. */
export interface VipCaseBrief extends Row {
  customer_id: Id
  partner_id: Id
  status: VipStatus
  arrival_at: Instant | null
  party_size: number | null
  transport: Record<string, unknown>
  /** A stage of the usual journey, or of the clinic's own. */
  stage: string
  team: { [R in Role]?: Id }
  opened_by: Id | null
  /** Of the template that its steps are copied from; null: before there were versions. */
  template_version: number | null
}

export interface VipCase extends VipCaseBrief {
  moves: VipMove[]
  review: Record<string, unknown>
}

export type VipDecision = {
  by: Id | null
  at: Instant
  decision: 'approve' | 'return' | 'confirm' | 'decline'
  reason: string | null
}

/** The id is the case's. The form's own entries stand beside these fields. */
export interface VipScreening extends Row {
  case_id: Id
  customer_id: Id
  decisions: VipDecision[]
}

export type VipState = 'todo' | 'doing' | 'done' | 'skipped' | 'blocked'

/** What a person set a step to, and the state they saw. Partners see `state`, `by` and `at` only. */
export type VipEvent = {
  id: Id
  mutation_id: Id
  by: Id | null
  at: Instant
  state: VipState
  seen_state: VipState
  reason: string | null
  note: string | null
  photo_id: Id | null
}

/** Minutes from the arrival, or calendar days from it: at its time of day, or at "09:00". */
export type VipLead = { minutes: number } | { days: number; at?: string }

export type VipTemplateStep = Pick<VipStep, 'stage' | 'code' | 'owner_role' | 'title' | 'lead' | 'mandatory' | 'gate'>

/** The journey as the clinic has it, in order; a case keeps the version that it was opened under. */
export interface VipTemplate extends Row {
  version: number
  stages: { code: string; title: Bilingual }[]
  steps: VipTemplateStep[]
}

export interface VipStep extends Row {
  case_id: Id
  customer_id: Id
  stage: string
  position: number
  code: string
  title: Bilingual
  owner_role: Role
  assignee_id: Id | null
  mandatory: boolean
  gate: string | null
  lead: VipLead | null
  due_at: Instant | null
  state: VipState
  done_by: Id | null
  done_at: Instant | null
  /** Set to something else by somebody who had not seen the present state: to be confirmed. */
  contested: { state: VipState; by: Id | null; at: Instant } | null
  history: VipEvent[]
}

export type VipPlanStatus = 'draft' | 'approved' | 'released' | 'accepted' | 'declined'

/** `price`: fen. */
export interface VipPlan extends Row {
  case_id: Id
  customer_id: Id
  label: 'A' | 'B' | 'C'
  procedures: (string | Record<string, unknown>)[]
  price: number
  risks: string
  status: VipPlanStatus
  approved_by: Id | null
  approved_at: Instant | null
  answers: { by: Id | null; at: Instant; answer: 'accepted' | 'declined' | 'question'; note: string | null }[]
}

export interface Documents {
  clinic: Clinic
  staff: Staff
  partner: Partner
  rule_table: RuleTable
  template: Template
  customer_brief: CustomerBrief
  customer: Customer
  customer_alert: CustomerAlert
  customer_medical: CustomerMedical
  appointment: Appointment
  treatment_brief: TreatmentBrief
  treatment: Treatment
  followup: Followup
  attempt: Attempt
  attempt_review: AttemptReview
  day_sign_off: DaySignOff
  excuse: Excuse
  message: Message
  consent: Consent
  photo_set: PhotoSet
  photo: Photo
  vip_template: VipTemplate
  vip_case: VipCase
  vip_case_brief: VipCaseBrief
  vip_screening: VipScreening
  vip_step: VipStep
  vip_step_early: VipStep
  vip_plan: VipPlan
  vip_plan_released: VipPlan
  conflict: Conflict
  rejection: RejectionDocument
  notice: Notice
  notice_settings: NoticeSettings
}

export type TableName = keyof Documents
export type AnyDocument = Documents[TableName]
