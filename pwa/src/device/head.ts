// The optional finder of head angles: some megabytes that are loaded when a person asks for them, and a worker.
import files from 'virtual:head'
import { type Head, headOf } from '../domain/head/angle'
import { middleOf } from './pixels'
import { settings } from './storage'

export interface HeadFinder {
  /** Null: no face, or the finder has stopped. */
  estimate(video: HTMLVideoElement, share: number): Promise<Head | null>
  close(): void
}

const KEY = 'head'
const CACHE = 'head'
/** The finder's own size is smaller; a larger picture finds nothing more. */
const WIDTH = 480
/** A module of one function that needs SIMD. */
const SIMD = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 9, 1, 7, 0, 65, 0, 253, 15, 26, 11]

/** What the phone must have for it: bytes to load, or null where it cannot run. */
export function headOffer(): { size_bytes: number } | null {
  if (!files || typeof OffscreenCanvas === 'undefined' || !WebAssembly.validate(Uint8Array.from(SIMD))) return null
  return new OffscreenCanvas(1, 1).getContext('webgl2') ? { size_bytes: files.size_bytes } : null
}

export const wantsHead = (): boolean => settings.read(KEY) === 'on'

const paths = () => files?.names.map((name) => `${files?.folder}/${name}`) ?? []

/** All of it is on this phone: nothing is loaded unasked. Without a cache (plain http) the browser's own serves. */
export async function headReady(): Promise<boolean> {
  if (!wantsHead() || !headOffer()) return false
  if (!('caches' in globalThis)) return true
  const cache = await caches.open(CACHE)
  const kept = await Promise.all(paths().map((path) => cache.match(path)))
  return kept.every(Boolean)
}

/** Loads it for good; throws when the network does not give all of it. */
export async function loadHead(): Promise<void> {
  if ('caches' in globalThis) {
    await caches.delete(CACHE)
    await (await caches.open(CACHE)).addAll(paths())
  }
  settings.write(KEY, 'on')
}

export async function forgetHead(): Promise<void> {
  settings.write(KEY, 'off')
  if ('caches' in globalThis) await caches.delete(CACHE)
}

export function headFinder(): HeadFinder {
  const worker = new Worker(`${files?.folder}/worker.js`)
  let tell: ((landmarks: Float32Array | null) => void) | null = null
  let broken = false
  const answer = (landmarks: Float32Array | null) => {
    tell?.(landmarks)
    tell = null
  }
  worker.onmessage = ({ data }: MessageEvent<{ landmarks?: Float32Array | null; fault?: string }>) => {
    broken ||= data.fault !== undefined
    answer(data.landmarks ?? null)
  }
  worker.onerror = () => {
    broken = true
    answer(null)
  }
  return {
    async estimate(video, share) {
      if (broken || tell) return null
      const { cut, width, height } = middleOf(video, share, WIDTH)
      const size = { resizeWidth: width, resizeHeight: height, resizeQuality: 'medium' as const }
      const frame = await createImageBitmap(video, ...cut, size)
      const landmarks = await new Promise<Float32Array | null>((done) => {
        tell = done
        worker.postMessage(frame, [frame])
      })
      return landmarks && headOf(landmarks, width, height)
    },
    close() {
      worker.terminate()
      answer(null)
    },
  }
}
