/**
 * A passkey as the way into this phone's store, without any server: its PRF extension (WebAuthn level 3) answers a salt
 * with 32 bytes that only this authenticator knows, after the person has shown face or finger.
 */

type Bytes = Uint8Array<ArrayBuffer>

export interface Passkeys {
  /** Whether this phone may have one that can be used. */
  available(): Promise<boolean>
  /** Asks the person; null when they or the phone decline. */
  create(
    person: { id: string; login: string; name: string },
    salt: Bytes,
  ): Promise<{ credential: Bytes; secret: Bytes } | null>
  secret(credential: Bytes, salt: Bytes): Promise<Bytes | null>
}

export const passkeys: Passkeys = {
  async available() {
    const platform = await globalThis.PublicKeyCredential?.isUserVerifyingPlatformAuthenticatorAvailable?.()
    return platform ?? false
  },
  async create({ id, login, name }, salt) {
    const created = await asked(() =>
      navigator.credentials.create({
        publicKey: {
          challenge: crypto.getRandomValues(new Uint8Array(32)),
          rp: { name: 'Meidang 美档' },
          user: { id: new TextEncoder().encode(id), name: login, displayName: name },
          pubKeyCredParams: [
            { type: 'public-key', alg: -7 },
            { type: 'public-key', alg: -257 },
          ],
          authenticatorSelection: { authenticatorAttachment: 'platform', userVerification: 'required' },
          extensions: { prf: { eval: { first: salt } } },
        },
      }),
    )
    if (!created?.getClientExtensionResults().prf?.enabled) return null
    const credential = new Uint8Array(created.rawId)
    // Some authenticators answer a salt only when they are used, not when they are made.
    const secret = answer(created) ?? (await passkeys.secret(credential, salt))
    return secret && { credential, secret }
  },
  async secret(credential, salt) {
    const used = await asked(() =>
      navigator.credentials.get({
        publicKey: {
          challenge: crypto.getRandomValues(new Uint8Array(32)),
          allowCredentials: [{ type: 'public-key', id: credential }],
          userVerification: 'required',
          extensions: { prf: { eval: { first: salt } } },
        },
      }),
    )
    return used && answer(used)
  },
}

/** The person said no, or it took too long, or there is none any more: all of these are an answer. */
async function asked(question: () => Promise<Credential | null>): Promise<PublicKeyCredential | null> {
  try {
    return (await question()) as PublicKeyCredential | null
  } catch (error) {
    if (error instanceof DOMException) return null
    throw error
  }
}

function answer(credential: PublicKeyCredential): Bytes | null {
  const first = credential.getClientExtensionResults().prf?.results?.first
  if (!first) return null
  return first instanceof ArrayBuffer ? new Uint8Array(first) : new Uint8Array(first.buffer.slice(0) as ArrayBuffer)
}
