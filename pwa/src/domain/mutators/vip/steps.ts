// The steps of a case: each a line of events, from which its state follows. server/clinic/vip/ticking.py decides.
import type { Id, VipCase, VipEvent, VipState, VipStep } from '../../documents'
import { derivedId } from '../../ids'
import type { Mutations } from '../../mutations'
import { Refusal } from '../../refusal'
import type { Transaction } from '../../transaction'
import { BY_DECISION, CONSENT_GATE, isLead, maySet, PLAN_ANSWER, undoes } from '../../vip/may'
import { clinicOf, found } from '../rules'
import { inOrder, isOver, outcome, overSince, schedule } from './history'
import { due } from './lead-times'

export const SCREENING = 'screening'
/** The version of cases older than versions. */
export const FIRST = 1

/** Copies steps of the case's version of the template: those of the screening, or all the others. */
export function begin(tx: Transaction, vip: VipCase, screening: boolean): void {
  const { timezone } = clinicOf(tx)
  const template = tx.all('vip_template').find(({ version }) => version === (vip.template_version ?? FIRST))
  for (const [position, step] of (template?.steps ?? []).entries()) {
    if ((step.stage === SCREENING) !== screening) continue
    tx.insert('vip_step', derivedId(vip.id, step.code), {
      ...step,
      case_id: vip.id,
      customer_id: vip.customer_id,
      position,
      assignee_id: vip.team[step.owner_role] ?? null,
      due_at: due(step.lead, vip.arrival_at, timezone),
      state: 'todo',
      done_by: null,
      done_at: null,
      contested: null,
      history: [],
    })
  }
}

/** Somebody sets a step: an event is added, nothing is erased. */
export function set(tx: Transaction, { step_id, ...args }: Mutations['vip.step']): void {
  const step = found(tx.get('vip_step', step_id))
  const vip = found(tx.get('vip_case', step.case_id))
  if (!maySet(tx.actor, step)) throw new Refusal('forbidden', 'Your role does not include this.')
  if (step.history.some(({ id }) => id === args.id)) throw new Refusal('conflict', 'This has been recorded already.')
  const said = { reason: null, note: null, photo_id: null, ...args }
  checkReason(said)
  checkGate(tx, step, said.state)
  if (said.photo_id && tx.get('photo', said.photo_id)?.customer_id !== vip.customer_id)
    throw new Refusal('not_found', 'There is no such picture of this customer.')
  record(tx, vip, step, said)
}

/** A decision of the case has set this step, where the case has it already and it is not so yet. */
export function follow(tx: Transaction, case_id: Id, code: string, state: VipState, reason: string | null = null) {
  const step = tx.get('vip_step', derivedId(case_id, code))
  if (!step || step.state === state) return
  const id = derivedId(step.id, tx.mutationId)
  const said = { id, state, seen_state: step.state, reason, note: null, photo_id: null }
  record(tx, found(tx.get('vip_case', case_id)), step, said)
}

/** The schedule has changed: every open lead time moves. */
export function replan(tx: Transaction, vip: VipCase): void {
  for (const step of tx.find('vip_step', 'case_id', vip.id)) plan(tx, vip, step)
}

/** Mandatory steps that are neither done nor skipped, in the order of the journey. */
export function openMandatory(tx: Transaction, case_id: Id): VipStep[] {
  return inJourney(tx, case_id).filter(({ mandatory, state }) => mandatory && !isOver(state))
}

function checkReason(said: Pick<VipEvent, 'state' | 'seen_state' | 'reason'>): void {
  const asks = undoes(said.seen_state, said.state) || said.state === 'skipped' || said.state === 'blocked'
  if (asks && !said.reason) throw new Refusal('validation', 'Say why.', { reason: 'missing' })
}

function checkGate(tx: Transaction, { code, gate }: VipStep, state: VipState): void {
  if (BY_DECISION.includes(code) || (code === PLAN_ANSWER && state === 'done'))
    throw new Refusal('gate', "This follows from the case's own decision.")
  if (state !== 'skipped' || gate === null) return
  if (gate === CONSENT_GATE) throw new Refusal('gate', 'Consents are never skipped.')
  if (!isLead(tx.actor.roles)) throw new Refusal('gate', 'Only a lead passes this gate without it being met.')
}

function record(tx: Transaction, vip: VipCase, step: VipStep, said: Omit<VipEvent, 'by' | 'at' | 'mutation_id'>) {
  const event = { ...said, by: tx.actor.id, at: tx.at, mutation_id: tx.mutationId }
  const history = inOrder([...step.history, event])
  tx.update('vip_step', step.id, { history, ...outcome(history) })
  plan(tx, vip, { ...step, history })
  advance(tx, vip)
}

/** An open step follows the schedule as it is; one that is over keeps the one it was done under. */
function plan(tx: Transaction, { moves }: VipCase, { id, lead, due_at, history }: VipStep): void {
  const { arrival_at } = schedule(moves, overSince(history))
  const planned = due(lead, arrival_at, clinicOf(tx).timezone)
  if (planned !== due_at) tx.update('vip_step', id, { due_at: planned })
}

/** The case stands at its first stage with a mandatory step open: no gate is walked round. */
function advance(tx: Transaction, vip: VipCase): void {
  const at = openMandatory(tx, vip.id)[0] ?? inJourney(tx, vip.id).at(-1)
  if (at && at.stage !== vip.stage) tx.update('vip_case', vip.id, { stage: at.stage })
}

function inJourney(tx: Transaction, case_id: Id): VipStep[] {
  return tx.find('vip_step', 'case_id', case_id).sort((one, other) => one.position - other.position)
}
