import { type Ref, ref, watch } from 'vue'

/** A sheet's own copy of what it is about, to be worked on: made anew each time the sheet comes up. */
export function useCopy<T>(shown: Ref<boolean>, original: () => T) {
  const copy = (one: T): T => JSON.parse(JSON.stringify(one))
  const draft = ref(copy(original())) as Ref<T>
  watch(shown, (up) => {
    if (up) draft.value = copy(original())
  })

  /** The last that is done with it: the sheet goes. */
  function close(act: (done: T) => void): void {
    act(copy(draft.value))
    shown.value = false
  }

  return { draft, close }
}
