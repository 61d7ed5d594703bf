import type { Order } from './argon2.worker'
import { type Cost, SMALL, USUAL } from './lock'

/** 32 bytes of Argon2id of the password. */
export type Derive = (password: string, salt: Uint8Array<ArrayBuffer>, cost: Cost) => Promise<Uint8Array<ArrayBuffer>>

/** In a worker: it takes a good part of a second, and the screen must not stand still. */
export const derive: Derive = (password, salt, cost) =>
  new Promise((done, failed) => {
    const worker = new Worker(new URL('./argon2.worker.ts', import.meta.url), { type: 'module' })
    worker.onmessage = ({ data }: MessageEvent<Uint8Array<ArrayBuffer>>) => {
      worker.terminate()
      done(data)
    }
    worker.onerror = (event) => {
      worker.terminate()
      failed(new Error(event.message))
    }
    worker.postMessage({ password, salt, ...cost } satisfies Order)
  })

/** What this phone can bear. Browsers without `deviceMemory` (Safari, Firefox) run on phones that can. */
export const costHere = (): Cost => (((navigator as { deviceMemory?: number }).deviceMemory ?? 4) <= 2 ? SMALL : USUAL)
