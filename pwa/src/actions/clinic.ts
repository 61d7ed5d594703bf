// What the clinic's administrator sets.
import type { Id } from '@/domain/documents'
import { type MutateAnswer, mutate } from '@/state'

export const appointCompliance = (staffId: Id | null): Promise<MutateAnswer> =>
  mutate('clinic.appoint_compliance', { staff_id: staffId })
