// Fingers on a picture: two to zoom, one to move what is zoomed, a short touch, a line drawn.
import type { Ref } from 'vue'
import { type Look, type Point, panned, zoomed } from '@/domain/overlay'

/** Further than this (px) a finger moves and does not touch. */
const SLIP_PX = 8
/** A notch of a mouse wheel. */
const WHEEL_STEP = 0.0016

interface Hands {
  frame: Readonly<Ref<HTMLElement | null>>
  look: Ref<Look>
  /** One finger draws instead of moving. */
  draws: () => boolean
  touch: (at: Point) => void
  line: (points: Point[], done: boolean) => void
}

/** Listeners for the frame; points are fractions of it. */
export function useGestures({ frame, look, draws, touch, line }: Hands) {
  const fingers = new Map<number, Point>()
  let slipped = false
  let start: Point = { x: 0, y: 0 }
  let drawn: Point[] = []

  const fraction = (event: MouseEvent): Point => {
    const box = (frame.value as HTMLElement).getBoundingClientRect()
    return { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height }
  }
  const spread = (): { middle: Point; apart: number } => {
    const [one, other] = [...fingers.values()] as [Point, Point]
    return {
      middle: { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 },
      apart: Math.hypot(one.x - other.x, one.y - other.y),
    }
  }

  function pointerdown(event: PointerEvent): void {
    if (event.button !== 0 || !frame.value) return
    fingers.set(event.pointerId, fraction(event))
    frame.value.setPointerCapture?.(event.pointerId)
    if (fingers.size === 1) {
      slipped = false
      start = { x: event.clientX, y: event.clientY }
      drawn = [fraction(event)]
    } else {
      slipped = true
      drawn = []
    }
  }

  function pointermove(event: PointerEvent): void {
    const before = fingers.get(event.pointerId)
    if (!before) return
    const at = fraction(event)
    if (Math.hypot(event.clientX - start.x, event.clientY - start.y) > SLIP_PX) slipped = true
    if (fingers.size === 2) {
      const was = spread()
      fingers.set(event.pointerId, at)
      const is = spread()
      const moved = panned(look.value, is.middle.x - was.middle.x, is.middle.y - was.middle.y)
      look.value = was.apart > 0 ? zoomed(moved, is.apart / was.apart, is.middle) : moved
      return
    }
    fingers.set(event.pointerId, at)
    if (fingers.size !== 1 || !slipped) return
    if (draws()) {
      drawn = [...drawn, at]
      line(drawn, false)
    } else look.value = panned(look.value, at.x - before.x, at.y - before.y)
  }

  function pointerup(event: PointerEvent): void {
    if (!fingers.delete(event.pointerId) || fingers.size > 0) return
    if (!slipped) touch(fraction(event))
    else if (draws() && drawn.length > 1) line(drawn, true)
    drawn = []
  }

  function pointercancel(event: PointerEvent): void {
    fingers.delete(event.pointerId)
    drawn = []
    line([], true)
  }

  /** Zooms as maps do: with Ctrl, or a pinch on a touchpad, which comes as the same. */
  function wheel(event: WheelEvent): void {
    if (!event.ctrlKey) return
    event.preventDefault()
    look.value = zoomed(look.value, Math.exp(-event.deltaY * WHEEL_STEP * 5), fraction(event))
  }

  return { pointerdown, pointermove, pointerup, pointercancel, wheel }
}
