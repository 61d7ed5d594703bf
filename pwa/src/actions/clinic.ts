// What the clinic's administrator sets.
import type { Bilingual, Id, Rule, Window } from '@/domain/documents'
import type { Journey } from '@/domain/vip/journey'
import { type MutateAnswer, mutate } from '@/state'
import { UNDO_MS } from './followups'

export const appointCompliance = (staffId: Id | null): Promise<MutateAnswer> =>
  mutate('clinic.appoint_compliance', { staff_id: staffId })

export const requireSecondFactor = (required: boolean): Promise<MutateAnswer> =>
  mutate('clinic.set_second_factor', { required })

/** A new version of the rules, made from the one that was seen. */
export const setRules = (seenVersion: number, rules: Rule[]): Promise<MutateAnswer> =>
  mutate('clinic.set_rules', { seen_version: seenVersion, rules })

export const setWindows = (windows: Window[]): Promise<MutateAnswer> =>
  mutate('clinic.set_windows', { call_windows: windows })

export const setTemplate = (code: string, body: Bilingual): Promise<MutateAnswer> =>
  mutate('clinic.set_template', { code, body })

/** A new version of the VIP journey, made from the one that was seen. */
export const setJourney = (seenVersion: number, { stages, steps }: Journey): Promise<MutateAnswer> =>
  mutate('clinic.set_vip_template', { seen_version: seenVersion, stages, steps })

export const addHoliday = (day: string): Promise<MutateAnswer> =>
  mutate('clinic.set_holidays', { add: [day] }, { hold_ms: UNDO_MS })

export const removeHoliday = (day: string): Promise<MutateAnswer> =>
  mutate('clinic.set_holidays', { remove: [day] }, { hold_ms: UNDO_MS })
