// The clinic edits its journey; running cases keep the version they have.
import { derivedId } from '../../ids'
import type { Mutations } from '../../mutations'
import { Refusal } from '../../refusal'
import type { Transaction } from '../../transaction'
import { faultOfJourney } from '../../vip/journey'
import { clinicOf, require } from '../rules'
import { FIRST } from './steps'

/** A new version; refused when somebody else has made one that this person has not seen. */
export function setTemplate(tx: Transaction, { seen_version, ...journey }: Mutations['clinic.set_vip_template']): void {
  require(tx, 'clinic.settings')
  const fault = faultOfJourney(journey)
  if (fault) throw new Refusal('validation', 'The journey does not hold together.', { [fault]: 'invalid' })
  const newest = newestVersion(tx) ?? FIRST
  if (seen_version !== newest) throw new Refusal('conflict', 'Somebody else has changed the journey meanwhile.')
  const version = newest + 1
  tx.insert('vip_template', derivedId(clinicOf(tx).id, `vip_template:${version}`), { version, ...journey })
}

/** Of the clinic's journey; null where this phone has not got it: the steps come with the server's answer then. */
export function newestVersion(tx: Transaction): number | null {
  const versions = tx.all('vip_template').map(({ version }) => version)
  return versions.length > 0 ? Math.max(...versions) : null
}
