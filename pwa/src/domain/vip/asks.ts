// What a VIP case waits for before it runs by its steps, and of whom. Pure.
import type { Id, Role, VipCaseBrief, VipPlan } from '../documents'

export type Ask = 'put_right' | 'review' | 'confirm' | 'write' | 'approve' | 'release' | 'answer'

interface Person {
  id: Id
  roles: readonly Role[]
}

/** Roles that look after all cases as long as nobody is named. */
const WHOLE_ROLE: readonly Role[] = ['admin_office', 'customer_service', 'partner_consultant']

/** What the case asks of this person now, in the order of the journey. `plans`: as they hold them. */
export function asksOf(vip: VipCaseBrief, plans: readonly VipPlan[], person: Person): Ask[] {
  const isFor = (role: Role) => {
    const named = vip.team[role]
    return named ? named === person.id : WHOLE_ROLE.includes(role) && person.roles.includes(role)
  }
  const any = (...statuses: VipPlan['status'][]) => plans.some(({ status }) => statuses.includes(status))
  if (vip.status === 'returned') return vip.opened_by === person.id || isFor('channel_dev') ? ['put_right'] : []
  if (vip.status === 'screening') return isFor('admin_office') ? ['review'] : []
  if (vip.status === 'reviewed') return isFor('customer_service') ? ['confirm'] : []
  if (vip.status !== 'confirmed' || any('accepted')) return []
  const asks: Ask[] = []
  if (plans.length === 0 && isFor('consultant')) asks.push('write')
  if (any('draft') && isFor('doctor')) asks.push('approve')
  if (any('approved') && isFor('customer_service')) asks.push('release')
  const unanswered = plans.some(({ status, answers }) => status === 'released' && answers.length === 0)
  if (unanswered && isFor('partner_consultant')) asks.push('answer')
  return asks
}
