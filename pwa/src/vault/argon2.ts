import { argon2id } from 'hash-wasm'
import type { Derive } from './derive'

/** Compiles WebAssembly: of the product only its worker may. */
export const argon2: Derive = (password, salt, { memory_kib, passes }) =>
  argon2id({
    // One person types it on several keyboards.
    password: password.normalize('NFC'),
    salt,
    memorySize: memory_kib,
    iterations: passes,
    parallelism: 1,
    hashLength: 32,
    outputType: 'binary',
  }) as ReturnType<Derive>
