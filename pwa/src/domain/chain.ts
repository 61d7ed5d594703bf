// How a problem went from hand to hand: who tried, who escalated to whom, when the doctor came, or did not in time.
import type { Attempt, Followup, Id, Instant, Outcome, Role } from './documents'

/** How long an escalation may be without a doctor's attempt before the lead is told. */
export const DOCTORS_PATIENCE_MS = 2 * 60 * 60 * 1000

export type Step =
  | { kind: 'escalated' | 'handed_on'; at: Instant; by: Id | null; to: { staff_id: Id } | { role: Role } }
  | { kind: 'attempt' | 'doctor_attempt'; at: Instant; by: Id | null; outcome: Outcome }
  /** Two hours without a doctor were over then, or will be. */
  | { kind: 'unattended' | 'waiting'; at: Instant }
  | { kind: 'closed' | 'unreachable'; at: Instant; by: Id | null }

interface Known {
  parentOf: (followup: Followup) => Followup | undefined
  childrenOf: (followup: Followup) => readonly Followup[]
  attemptsOf: (followup: Followup) => readonly Attempt[]
  isDoctor: (staffId: Id) => boolean
  now: Instant
}

/** In the order of time; empty for a follow-up that nobody has handed to anybody. */
export function chainOf(followup: Followup, known: Known): Step[] {
  const links = linksOf(rootOf(followup, known), known)
  if (links.length < 2) return []
  const steps = links.flatMap((link) => [...asked(link), ...tried(link, known), ...awaited(link, known)])
  return [...steps, ...ended(links)].sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0))
}

function rootOf(followup: Followup, known: Known): Followup {
  const seen = new Set<Id>()
  let root = followup
  for (let up = known.parentOf(root); up && !seen.has(up.id); up = known.parentOf(root)) {
    seen.add(root.id)
    root = up
  }
  return root
}

function linksOf(root: Followup, known: Known): Followup[] {
  const links = new Map<Id, Followup>()
  const visit = (followup: Followup) => {
    if (links.has(followup.id)) return
    links.set(followup.id, followup)
    for (const child of known.childrenOf(followup)) visit(child)
  }
  visit(root)
  return [...links.values()]
}

function asked({ parent_id, rule, created_at, by, assignee_id, role }: Followup): Step[] {
  if (!parent_id) return []
  const to = assignee_id ? { staff_id: assignee_id } : { role }
  return [{ kind: rule === 'doctor_escalation' ? 'escalated' : 'handed_on', at: created_at, by: by ?? null, to }]
}

function tried(followup: Followup, { attemptsOf, isDoctor }: Known): Step[] {
  const escalated = followup.rule === 'doctor_escalation'
  return attemptsOf(followup).map(({ at, by, outcome }) => ({
    kind: escalated && isDoctor(by) ? 'doctor_attempt' : 'attempt',
    at,
    by,
    outcome,
  }))
}

/** The two hours of an escalation, as long as they matter. */
function awaited(followup: Followup, { attemptsOf, isDoctor, now }: Known): Step[] {
  if (followup.rule !== 'doctor_escalation' || followup.status === 'cancelled') return []
  const at = new Date(Date.parse(followup.created_at) + DOCTORS_PATIENCE_MS).toISOString()
  const came = attemptsOf(followup).some((attempt) => isDoctor(attempt.by) && attempt.at <= at)
  if (came || (followup.closed_at && followup.closed_at <= at)) return []
  if (at <= now) return [{ kind: 'unattended', at }]
  return followup.status === 'open' ? [{ kind: 'waiting', at }] : []
}

/** Originals are closed together with their escalation: said once. */
function ended(links: readonly Followup[]): Step[] {
  const steps = new Map<string, Step>()
  for (const { status, closed_at, closed_by } of links) {
    if (!closed_at || (status !== 'done' && status !== 'unreachable')) continue
    const kind = status === 'done' ? 'closed' : 'unreachable'
    steps.set(`${kind} ${closed_at} ${closed_by}`, { kind, at: closed_at, by: closed_by })
  }
  return [...steps.values()]
}
