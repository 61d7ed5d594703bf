// What to say about how a head is turned; advice, never a gate: the finder errs by two degrees, far out by four.
import { type CatalogueRegion, type CatalogueView, catalogue } from '../catalogue'
import { type Hint, type Verdict, within, worst } from '../quality/judge'
import type { Head } from './angle'

/** Degrees that held on pictures of known angle. */
const OBLIQUE = { green: 5, amber: 10 }
const ROLL = { frontal: { green: 4, amber: 8 }, oblique: { green: 8, amber: 12 } }
/** Far from the middle the camera looks at the face from the side, some 5 degrees at this place. */
const MIDDLE = 0.18
/** From here on the finder follows no longer; what is 55 it reads as 52. */
const PASSED = 50

/** A view of a face turned so far that no finder sees it. */
export const isLateral = (region: CatalogueRegion, view: CatalogueView): boolean =>
  Math.abs(view.yaw) === 90 && region.views.some(({ checks }) => checks.includes('head_angle'))

/** `before`: the angle of the baseline's picture. Pitch has no zero of its own: it is compared with that only. */
export function judgeHead(view: CatalogueView, head: Head, before?: Record<string, number>): Verdict {
  const kind = Math.abs(view.yaw) < 10 ? 'frontal' : 'oblique'
  const [yaw, roll] = [head.yaw - (before?.yaw ?? view.yaw), head.roll - (before?.roll ?? 0)]
  const pitch = before?.pitch === undefined ? 0 : head.pitch - before.pitch
  const limits = kind === 'frontal' ? catalogue.tolerances.head_angle : OBLIQUE
  const found: [number, ReturnType<typeof within>, Hint][] = [
    [Math.abs(yaw), within(Math.abs(yaw), limits), yaw > 0 ? 'head_right' : 'head_left'],
    [Math.abs(pitch), within(Math.abs(pitch), limits), pitch > 0 ? 'chin_down' : 'chin_up'],
    [Math.abs(roll), within(Math.abs(roll), ROLL[kind]), 'head_upright'],
  ]
  if (Math.abs(head.middle) > MIDDLE) found.unshift([0, 'amber', 'to_middle'])
  const level = worst(found.map(([, of]) => of))
  const hint = found.filter(([, of]) => of === level).sort(([one], [other]) => other - one)[0]?.[2] ?? null
  const value = { yaw: tenth(head.yaw), pitch: tenth(head.pitch), roll: tenth(head.roll) }
  return { level, hint: level === 'green' ? null : hint, value }
}

const tenth = (degrees: number): number => Math.round(degrees * 10) / 10

/** Watches a head turn to the side until nobody can measure it any more. */
export class Turn {
  #last: number | null = null

  constructor(private readonly side: number) {}

  /** Null as long as it has not been seen to turn: then only the operator can tell. */
  see(head: Head | null): Verdict | null {
    if (head) this.#last = head.yaw * Math.sign(this.side)
    if (this.#last === null) return null
    if (!head) return this.#last >= PASSED ? { level: 'green', hint: null, value: { turned: 1 } } : null
    return { level: 'amber', hint: 'turn_on', value: { turned: 0 } }
  }
}
