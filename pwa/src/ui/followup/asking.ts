import type { Id } from '@/domain/documents'
import { acceptsCalls, callWindows, presentWindow } from '@/domain/planning'
import { records } from '@/state'
import { moment } from '../clock'
import { closedDays, zone } from '../words'

/** Whether a call at this moment needs a confirmation: outside the windows, or against the customer's wish. */
export function callNeedsAsking(customerId: Id): boolean {
  const preferences = records.get('customer', customerId)?.preferences
  const windows = callWindows(records.clinic?.call_windows ?? [], preferences)
  const window = presentWindow(new Date(moment.value).toISOString(), windows, zone(), closedDays())
  return !acceptsCalls(preferences) || window?.open === false
}
