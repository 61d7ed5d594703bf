// Argon2id for the page, which may not compile WebAssembly itself; this worker's own policy lets it (app_files.py).
import { argon2 } from './argon2'
import type { Cost } from './lock'

export interface Order extends Cost {
  password: string
  salt: Uint8Array<ArrayBuffer>
}

self.onmessage = async ({ data }: MessageEvent<Order>) => {
  self.postMessage(await argon2(data.password, data.salt, data))
}
