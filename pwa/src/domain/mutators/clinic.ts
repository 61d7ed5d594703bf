import { derivedId } from '../ids'
import type { Mutations } from '../mutations'
import { Refusal } from '../refusal'
import { faultOfRule, faultOfTemplate, windowsAreSound } from '../rulebook'
import type { Transaction } from '../transaction'
import { clinicOf, found, require } from './rules'

/** Names the person who alone may take pictures out for publication, or nobody. */
export function appointCompliance(tx: Transaction, { staff_id }: Mutations['clinic.appoint_compliance']): void {
  const { id } = clinicOf(tx)
  require(tx, 'clinic.settings')
  if (staff_id && !tx.get('staff', staff_id)?.active) throw new Refusal('not_found', 'There is no such person.')
  tx.update('clinic', id, { compliance_officer_id: staff_id })
}

/** Whether administrators and leads must have a second factor. */
export function setSecondFactor(tx: Transaction, { required }: Mutations['clinic.set_second_factor']): void {
  const { id } = clinicOf(tx)
  require(tx, 'clinic.settings')
  tx.update('clinic', id, { second_factor: required })
}

/** A new version; refused when somebody else has made one that this person has not seen. */
export function setRules(tx: Transaction, { seen_version, rules }: Mutations['clinic.set_rules']): void {
  require(tx, 'clinic.settings')
  const { id, rules_version } = clinicOf(tx)
  for (const [index, rule] of rules.entries()) {
    const field = faultOfRule(rule, rules.slice(0, index))
    if (field) throw new Refusal('validation', 'A rule is not sound.', { [field]: 'invalid' })
  }
  if (rules.length === 0) throw new Refusal('validation', 'There are no rules.', { rules: 'empty' })
  if (seen_version !== rules_version) throw new Refusal('conflict', 'Somebody else has changed the rules meanwhile.')
  const version = rules_version + 1
  tx.insert('rule_table', derivedId(id, `rule_table:${version}`), { version, rules })
  tx.update('clinic', id, { rules_version: version })
}

export function setWindows(tx: Transaction, { call_windows }: Mutations['clinic.set_windows']): void {
  require(tx, 'clinic.settings')
  if (!windowsAreSound(call_windows)) {
    throw new Refusal('validation', 'Windows begin before they end, one after the other.', { call_windows: 'invalid' })
  }
  tx.update('clinic', clinicOf(tx).id, { call_windows })
}

export function setTemplate(tx: Transaction, { code, body }: Mutations['clinic.set_template']): void {
  require(tx, 'clinic.settings')
  const fault = faultOfTemplate(body)
  if (fault)
    throw new Refusal('validation', 'A text is empty or has a placeholder that means nothing.', { body: fault })
  const { id } = found(tx.all('template').find((template) => template.code === code))
  tx.update('template', id, { body })
}

/** By addition and removal, so that two people can enter days at once. */
export function setHolidays(tx: Transaction, { add = [], remove = [] }: Mutations['clinic.set_holidays']): void {
  require(tx, 'clinic.settings')
  const { id, holidays } = clinicOf(tx)
  const days = new Set([...(holidays ?? []), ...add])
  for (const day of remove) days.delete(day)
  tx.update('clinic', id, { holidays: [...days].sort() })
}
