import { shallowRef } from '@vue/reactivity'

/** Something that readers track and writers announce; the value itself lives elsewhere. */
export class Signal {
  #version = shallowRef(0)

  track(): void {
    void this.#version.value
  }

  announce(): void {
    this.#version.value += 1
  }
}
