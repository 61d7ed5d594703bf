/// <reference lib="webworker" />
// Measures pictures beside the page, so that the viewfinder never stutters.
import { lumaOf, measure } from '../domain/quality/measure'
import { type Answer, Memory, NOTHING, type Question } from './looks'
import { pixelsOf, stillOf } from './pixels'

declare const self: DedicatedWorkerGlobalScope

const memory = new Memory()

async function answer(question: Question): Promise<Omit<Answer, 'id'>> {
  if (question.kind === 'still') {
    const bitmap = await createImageBitmap(question.blob)
    try {
      const { whole, detail } = stillOf(bitmap)
      return { ...NOTHING, measures: measure(whole, detail) }
    } finally {
      bitmap.close()
    }
  }
  const { frame, mark } = question
  const pixels = pixelsOf(frame, [0, 0, frame.width, frame.height], frame.width, frame.height)
  frame.close()
  return { measures: measure(pixels), ...memory.compare(lumaOf(pixels), mark) }
}

self.onmessage = async ({ data }: MessageEvent<Question>) => {
  try {
    self.postMessage({ id: data.id, ...(await answer(data)) })
  } catch {
    // a format that this browser cannot show (HEIC in a file): kept all the same, and looked at by people
    self.postMessage({ id: data.id, ...NOTHING })
  }
}
