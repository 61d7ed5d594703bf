// The views of each region that are taken, or skipped with a reason, before a set is finished; a test compares them
// with the server's catalogue.
import type { Region, ViewCode } from './documents'

export const requiredViews: Record<Region, readonly ViewCode[]> = {
  face: ['F', 'LO', 'LL', 'RO', 'RL'],
  nose: ['F', 'RO', 'RL', 'LO', 'LL', 'BA', 'CE', 'RL-smile', 'CU-F', 'CU-RL'],
  eye: ['F', 'F-closed', 'F-up', 'F-down', 'RO', 'LO', 'RL', 'LL'],
  brow: ['F', 'F-raise', 'F-frown', 'F-smile', 'RO', 'LO'],
  lip: ['F', 'F-teeth', 'F-pucker', 'RO', 'LO', 'RL', 'LL'],
  ear: ['F', 'RL', 'LL', 'PO', 'CU-RL', 'CU-LL'],
  neck: ['F', 'RO', 'RL', 'LO', 'LL', 'RL-flexed', 'F-platysma'],
  breast: ['F', 'RO', 'RL', 'LO', 'LL', 'F-hips', 'F-armsup'],
  body: ['F', 'LO', 'RO', 'LL', 'RL', 'PO'],
  thigh: ['F', 'RO', 'RL', 'PRO', 'PO', 'PLO', 'LL', 'LO'],
  arm: ['F', 'PO'],
  hair: ['F', 'F-bowed', 'RO', 'LO', 'RL', 'LL', 'vertex', 'crown', 'PO'],
  skin: ['F', 'RO', 'RL', 'LO', 'LL', 'CU-F', 'CU-RO', 'CU-LO'],
}
