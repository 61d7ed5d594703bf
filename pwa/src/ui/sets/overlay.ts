import type { Ref } from 'vue'

/** How the baseline lies over the live picture. x, y: nudged, in percent of the viewfinder. */
export interface OverlayLook {
  mode: 'off' | 'picture' | 'outline'
  /** Percent. */
  opacity: number
  blink: boolean
  x: number
  y: number
}

export const plainOverlay = (): OverlayLook => ({ mode: 'picture', opacity: 40, blink: false, x: 0, y: 0 })

/** A finger on the viewfinder moves what lies over it. */
export function useNudge(look: Ref<OverlayLook>, there: () => boolean) {
  let drag: { id: number; x: number; y: number } | null = null

  function begin(event: PointerEvent): void {
    if (there() && look.value.mode !== 'off') drag = { id: event.pointerId, x: event.clientX, y: event.clientY }
  }
  function move(event: PointerEvent): void {
    const stage = event.currentTarget as HTMLElement
    if (event.pointerId !== drag?.id) return
    const { x, y } = look.value
    look.value = {
      ...look.value,
      x: x + (100 * (event.clientX - drag.x)) / stage.clientWidth,
      y: y + (100 * (event.clientY - drag.y)) / stage.clientHeight,
    }
    drag = { ...drag, x: event.clientX, y: event.clientY }
  }
  function end(): void {
    drag = null
  }
  return { begin, move, end }
}
