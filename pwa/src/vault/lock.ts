/**
 * The lock of one person's store: the data key, wrapped once for each way in. What opens a wrapping is a secret of 32
 * bytes: Argon2id of the sign-in password, or the answer of a passkey (WebAuthn's PRF extension).
 */

type Bytes = Uint8Array<ArrayBuffer>

/** What a guess at the password costs: Argon2id, RFC 9106. */
export interface Cost {
  memory_kib: number
  passes: number
}

/** The data key under AES-256-GCM; `salt` makes the secret, and the wrapping key of it. */
export interface Wrapping {
  salt: Bytes
  iv: Bytes
  bytes: Bytes
}

export interface Lock {
  password: Wrapping & Cost
  passkey: (Wrapping & { credential: Bytes }) | null
}

/** The second choice of RFC 9106 in memory; what OWASP calls the least for phones with little of it. */
export const USUAL: Cost = { memory_kib: 64 * 1024, passes: 3 }
export const SMALL: Cost = { memory_kib: 19 * 1024, passes: 2 }

export const randomBytes = (count: number): Bytes => crypto.getRandomValues(new Uint8Array(count))

export const newDataKey = (): Promise<CryptoKey> =>
  crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, true, ['encrypt', 'decrypt'])

export async function wrapped(key: CryptoKey, secret: Bytes, salt: Bytes): Promise<Wrapping> {
  const iv = randomBytes(12)
  const bytes = await crypto.subtle.wrapKey('raw', key, await wrappingKey(secret, salt), { name: 'AES-GCM', iv })
  return { salt, iv, bytes: new Uint8Array(bytes) }
}

/** The data key, or null where the secret is not the right one. `extractable`: to be wrapped anew. */
export async function unwrapped(
  { salt, iv, bytes }: Wrapping,
  secret: Bytes,
  extractable = false,
): Promise<CryptoKey | null> {
  const wrapping = await wrappingKey(secret, salt)
  const uses: KeyUsage[] = ['encrypt', 'decrypt']
  try {
    return await crypto.subtle.unwrapKey('raw', bytes, wrapping, { name: 'AES-GCM', iv }, 'AES-GCM', extractable, uses)
  } catch (error) {
    if (error instanceof DOMException && error.name === 'OperationError') return null
    throw error
  }
}

async function wrappingKey(secret: Bytes, salt: Bytes): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey'])
  const how = { name: 'HKDF', hash: 'SHA-256', salt, info: new TextEncoder().encode('meidang data key') }
  return crypto.subtle.deriveKey(how, material, { name: 'AES-GCM', length: 256 }, false, ['wrapKey', 'unwrapKey'])
}
