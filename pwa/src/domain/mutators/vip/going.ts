// A running case: its arrival moves, and one day it is closed.
import type { Mutations } from '../../mutations'
import { Refusal } from '../../refusal'
import type { Transaction } from '../../transaction'
import { isLead } from '../../vip/may'
import { found, require } from '../rules'
import { mustRun, openCaseOf } from './cases'
import { inOrder, schedule } from './history'
import { follow, openMandatory, replan } from './steps'

/** The step that closing the case is. */
const LAST = 'team_review'

/** The schedule changes: open lead times move with it. */
export function arrival(tx: Transaction, { case_id, ...given }: Mutations['vip.arrival']): void {
  const vip = openCaseOf(tx, case_id)
  require(tx, 'vip.arrival')
  const move = { party_size: null, transport: null, ...given, by: tx.actor.id, at: tx.at, mutation_id: tx.mutationId }
  const [opening, ...later] = vip.moves
  const moves = opening ? [opening, ...inOrder([...later, move])] : [move]
  tx.update('vip_case', case_id, { moves, ...schedule(moves) })
  replan(tx, { ...vip, moves })
}

/** The team's review ends the case; with mandatory steps open, only a lead ends it, saying why. */
export function close(tx: Transaction, { case_id, review }: Mutations['vip.close']): void {
  mustRun(found(tx.get('vip_case', case_id)))
  require(tx, 'vip.close')
  const waiting = openMandatory(tx, case_id).filter(({ code }) => code !== LAST)
  const overruled = isLead(tx.actor.roles) && review.reason
  if (waiting.length > 0 && !overruled)
    throw new Refusal('gate', 'Mandatory steps are open; only a lead ends it now, with a reason.')
  follow(tx, case_id, LAST, 'done')
  tx.update('vip_case', case_id, { status: 'closed', review })
}
