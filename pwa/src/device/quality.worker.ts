/// <reference lib="webworker" />
// Measures pictures beside the page, so that the viewfinder never stutters.
import { lumaOf, measure, motionBetween } from '../domain/quality/measure'
import { pixelsOf, stillOf } from './pixels'
import type { Answer, Question } from './quality'

declare const self: DedicatedWorkerGlobalScope

let before: Uint8ClampedArray | null = null

async function answer(question: Question): Promise<Omit<Answer, 'id'>> {
  if (question.kind === 'still') {
    const bitmap = await createImageBitmap(question.blob)
    try {
      const { whole, detail } = stillOf(bitmap)
      return { measures: measure(whole, detail), motion: null }
    } finally {
      bitmap.close()
    }
  }
  const { frame } = question
  const pixels = pixelsOf(frame, [0, 0, frame.width, frame.height], frame.width, frame.height)
  frame.close()
  const luma = lumaOf(pixels)
  const motion = before ? motionBetween(before, luma) : null
  before = luma
  return { measures: measure(pixels), motion }
}

self.onmessage = async ({ data }: MessageEvent<Question>) => {
  try {
    self.postMessage({ id: data.id, ...(await answer(data)) })
  } catch {
    // a format that this browser cannot show (HEIC in a file): kept all the same, and looked at by people
    self.postMessage({ id: data.id, measures: null, motion: null })
  }
}
