/**
 * Escape files (docs/protocol.md): what cannot be sent, sealed to the clinic and signed by this device, to be carried
 * by hand.
 */
import { base64url, fromBase64url } from '../domain/base64url'
import type { Id, Instant } from '../domain/documents'
import type { WireMutation } from './wire'

type Bytes = Uint8Array<ArrayBuffer>

/** Where public keys travel: base64url of an uncompressed point. */
export interface EscapeKeys {
  device: Id
  /** The device's own. */
  secret: JsonWebKey
  key: string
  clinic: string
}

export interface EscapeContent {
  schema: number
  made_at: Instant
  /** The server's clock minus this device's. */
  offset_ms: number
  mutations: WireMutation[]
  originals: { photo_id: Id; sha256: string; size_bytes: number }[]
}

const MAGIC = new TextEncoder().encode('meidang\x01')
const PURPOSE = new TextEncoder().encode('meidang escape')
const CURVE = 'P-256'
const SIGNING = { name: 'ECDSA', namedCurve: CURVE, hash: 'SHA-256' }
const AGREEING = { name: 'ECDH', namedCurve: CURVE }

export async function newDeviceKey(): Promise<Pick<EscapeKeys, 'secret' | 'key'>> {
  const pair = await crypto.subtle.generateKey(SIGNING, true, ['sign', 'verify'])
  return { secret: await crypto.subtle.exportKey('jwk', pair.privateKey), key: base64url(await point(pair.publicKey)) }
}

/** A file being written: its originals first, one after the other, then the content that names them. */
export class EscapeFile {
  #originals: Blob[] = []

  private constructor(
    private readonly keys: EscapeKeys,
    private readonly header: Bytes,
    private readonly sealing: CryptoKey,
  ) {}

  static async begin(keys: EscapeKeys): Promise<EscapeFile> {
    const fresh = await crypto.subtle.generateKey(AGREEING, false, ['deriveBits'])
    const [freshPoint, clinicPoint] = [await point(fresh.publicKey), fromBase64url(keys.clinic)]
    const clinic = await crypto.subtle.importKey('raw', clinicPoint, AGREEING, false, [])
    const secret = await crypto.subtle.deriveBits({ name: 'ECDH', public: clinic }, fresh.privateKey, 256)
    const material = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey'])
    const info = joined(PURPOSE, freshPoint, clinicPoint)
    const how = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info }
    const sealing = await crypto.subtle.deriveKey(how, material, { name: 'AES-GCM', length: 256 }, false, ['encrypt'])
    return new EscapeFile(keys, inJson({ device: keys.device, key: base64url(freshPoint) }), sealing)
  }

  /** A Blob need not be in the memory of the page: it bears a hundred of them. */
  async add(original: ArrayBuffer): Promise<void> {
    this.#originals.push(new Blob([await this.#sealed(this.#originals.length + 1, original)]))
  }

  async end(content: EscapeContent): Promise<Blob> {
    const sealed = await this.#sealed(0, inJson(content))
    const signed = joined(MAGIC, withLength(this.header), withLength(sealed))
    const signer = await crypto.subtle.importKey('jwk', this.keys.secret, SIGNING, false, ['sign'])
    const signature = await crypto.subtle.sign(SIGNING, signer, signed)
    return new Blob([signed, signature, ...this.#originals], { type: 'application/octet-stream' })
  }

  async #sealed(number: number, plain: BufferSource): Promise<Bytes> {
    const iv = new Uint8Array(12)
    new DataView(iv.buffer).setUint32(8, number)
    return new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, this.sealing, plain))
  }
}

const point = async (key: CryptoKey): Promise<Bytes> => new Uint8Array(await crypto.subtle.exportKey('raw', key))
const inJson = (value: unknown): Bytes => new TextEncoder().encode(JSON.stringify(value))

function withLength(part: Bytes): Bytes {
  const length = new Uint8Array(4)
  new DataView(length.buffer).setUint32(0, part.byteLength)
  return joined(length, part)
}

function joined(...parts: Bytes[]): Bytes {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.byteLength, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.byteLength
  }
  return whole
}
