// A running case: its arrival moves.
import type { Mutations } from '../../mutations'
import type { Transaction } from '../../transaction'
import { require } from '../rules'
import { openCaseOf } from './cases'
import { inOrder, schedule } from './history'
import { replan } from './steps'

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
