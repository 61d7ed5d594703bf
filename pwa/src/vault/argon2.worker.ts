// Argon2id for the page, which may not compile WebAssembly itself; this worker's own policy lets it (app_files.py).
import { argon2id } from 'hash-wasm'
import type { Cost } from './lock'

export interface Order extends Cost {
  password: string
  salt: Uint8Array<ArrayBuffer>
}

self.onmessage = async ({ data }: MessageEvent<Order>) => {
  const { password, salt, memory_kib, passes } = data
  self.postMessage(
    await argon2id({
      // One person types it on several keyboards.
      password: password.normalize('NFC'),
      salt,
      memorySize: memory_kib,
      iterations: passes,
      parallelism: 1,
      hashLength: 32,
      outputType: 'binary',
    }),
  )
}
