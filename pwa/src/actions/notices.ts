import type { Id } from '@/domain/documents'
import { type MutateAnswer, mutate } from '@/state'

export const readNotice = (id: Id): Promise<MutateAnswer> => mutate('notice.read', { id })
