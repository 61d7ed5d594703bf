import type { OnlineAnswer } from '@/state'

const KNOWN = ['wrong_password', 'weak_password', 'wrong_code', 'throttled']

/** The key of what is said when a change of how somebody signs in did not succeed. */
export function identityTrouble(answer: Exclude<OnlineAnswer<unknown>, { kind: 'ok' }>): string {
  if (answer.kind === 'offline') return 'password.offline'
  return KNOWN.includes(answer.code) ? `password.${answer.code}` : 'sign_in.unavailable'
}
