import { onBeforeUnmount, ref, shallowRef } from 'vue'
import type { OnlineAnswer } from '@/state'
import { moment } from '../clock'

/** Why the clinic made none: no network, or what it said. */
type Unmade = Exclude<OnlineAnswer<Blob>, { kind: 'ok' }>

/** A file that the clinic makes when it is asked to, for as long as it is shown. */
export function useMade() {
  const busy = ref(false)
  const made = shallowRef<{ file: File; url: string } | null>(null)
  const unmade = shallowRef<Unmade | null>(null)

  function forget(): void {
    if (made.value) URL.revokeObjectURL(made.value.url)
    made.value = null
    unmade.value = null
  }
  onBeforeUnmount(forget)

  /** `what` and `ending` name the file, with the day between them. */
  async function make(what: string, ending: string, ask: () => Promise<OnlineAnswer<Blob>>): Promise<void> {
    if (busy.value) return
    busy.value = true
    forget()
    const answer = await ask()
    busy.value = false
    if (answer.kind !== 'ok') {
      unmade.value = answer
      return
    }
    const day = new Date(moment.value).toISOString().slice(0, 10)
    const file = new File([answer.value], `${what}-${day}.${ending}`, { type: answer.value.type })
    made.value = { file, url: URL.createObjectURL(file) }
  }

  return { busy, made, unmade, make, forget }
}
