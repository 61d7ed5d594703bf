// The door to the worker that measures pictures; where a browser cannot draw in workers the page does it.
import { lumaOf, type Measures, measure } from '../domain/quality/measure'
import { type Answer, Memory, NOTHING, type Question } from './looks'
import { middleOf, PREVIEW_PX, pixelsOf, stillOf } from './pixels'

export interface Examiner {
  /** What a viewfinder of width:height `share` shows now. `mark`: later previews are compared with this one. */
  preview(video: HTMLVideoElement, share: number, mark: boolean): Promise<Answer>
  still(blob: Blob): Promise<Measures | null>
  close(): void
}

export function examiner(): Examiner {
  return typeof OffscreenCanvas === 'undefined' ? onPage() : inWorker()
}

function inWorker(): Examiner {
  const worker = new Worker(new URL('./quality.worker.ts', import.meta.url), { type: 'module' })
  const waiting = new Map<number, (answer: Answer) => void>()
  let last = 0
  worker.onmessage = ({ data }: MessageEvent<Answer>) => {
    waiting.get(data.id)?.(data)
    waiting.delete(data.id)
  }
  const fail = () => {
    for (const [id, tell] of waiting) tell({ id, ...NOTHING })
    waiting.clear()
  }
  worker.onerror = fail
  const ask = (question: Omit<Extract<Question, { kind: 'preview' }>, 'id'> | { kind: 'still'; blob: Blob }) =>
    new Promise<Answer>((tell) => {
      last += 1
      waiting.set(last, tell)
      worker.postMessage({ id: last, ...question }, question.kind === 'preview' ? [question.frame] : [])
    })
  return {
    async preview(video, share, mark) {
      const { cut, width, height } = middleOf(video, share, PREVIEW_PX)
      const size = { resizeWidth: width, resizeHeight: height, resizeQuality: 'medium' as const }
      return ask({ kind: 'preview', mark, frame: await createImageBitmap(video, ...cut, size) })
    },
    still: async (blob) => (await ask({ kind: 'still', blob })).measures,
    close() {
      worker.terminate()
      fail()
    },
  }
}

function onPage(): Examiner {
  const memory = new Memory()
  return {
    async preview(video, share, mark) {
      const { cut, width, height } = middleOf(video, share, PREVIEW_PX)
      const pixels = pixelsOf(video, cut, width, height)
      return { id: 0, measures: measure(pixels), ...memory.compare(lumaOf(pixels), mark) }
    },
    async still(blob) {
      try {
        const bitmap = await createImageBitmap(blob)
        const { whole, detail } = stillOf(bitmap)
        bitmap.close()
        return measure(whole, detail)
      } catch {
        return null // a format that this browser cannot show
      }
    },
    close() {},
  }
}
