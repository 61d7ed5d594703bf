import { ref } from 'vue'
import type { OnlineAnswer } from '@/state'
import { useWords } from '../words'

const KNOWN = ['wrong_password', 'weak_password', 'wrong_code', 'throttled']

/** The key of what is said when a change of how somebody signs in did not succeed. */
function identityTrouble(answer: Exclude<OnlineAnswer<unknown>, { kind: 'ok' }>): string {
  if (answer.kind === 'offline') return 'password.offline'
  return KNOWN.includes(answer.code) ? `password.${answer.code}` : 'sign_in.unavailable'
}

/** A form that changes how somebody signs in: `ask` once at a time, and say what went wrong. */
export function useAsking() {
  const { t } = useWords()
  const busy = ref(false)
  const trouble = ref('')
  async function ask<T>(call: () => Promise<OnlineAnswer<T>>, then: (value: T) => void): Promise<void> {
    if (busy.value) return
    busy.value = true
    trouble.value = ''
    const answer = await call().finally(() => {
      busy.value = false
    })
    if (answer.kind === 'ok') then(answer.value)
    else trouble.value = t(identityTrouble(answer))
  }
  return { busy, trouble, ask }
}
