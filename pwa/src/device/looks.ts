// What page and worker say to each other about pictures.
import { type Measures, motionBetween } from '../domain/quality/measure'

export type Question = { id: number } & (
  | { kind: 'preview'; frame: ImageBitmap; mark: boolean }
  | { kind: 'still'; blob: Blob }
)

export interface Answer {
  id: number
  /** Null where the picture cannot be drawn here. */
  measures: Measures | null
  /** Change since the preview before, 0 to 255. */
  motion: number | null
  /** Change since the preview that was marked. */
  changed: number | null
}

export const NOTHING = { measures: null, motion: null, changed: null }

/** Compares previews with the one before and with the one that was marked. */
export class Memory {
  private before: Uint8ClampedArray | null = null
  private marked: Uint8ClampedArray | null = null

  compare(luma: Uint8ClampedArray, mark: boolean): Pick<Answer, 'motion' | 'changed'> {
    const motion = this.before && motionBetween(this.before, luma)
    const changed = this.marked && motionBetween(this.marked, luma)
    this.before = luma
    if (mark) this.marked = luma
    return { motion, changed }
  }
}
