import { cleanHeic, isHeic } from './heic'
import { cleanJpeg } from './jpeg'
import { starts } from './metadata'
import { cleanPng } from './png'
import { sha256 } from './sha256'

/** As the server has them. */
const MAX_BYTES = 64 * 1024 * 1024
const MAX_PIXELS = 64_000_000
const MAX_SIDE = 20_000

const JPEG = [0xff, 0xd8, 0xff]
const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

/** Width and height in pixels: as stored, for HEIC as shown. `parts`, one after the other, are the new file. */
export interface Clean {
  width: number
  height: number
  parts: Uint8Array[]
}

export type PictureType = 'image/jpeg' | 'image/png' | 'image/heic'

/** An original as it leaves this phone. */
export interface Original {
  type: PictureType
  width: number
  height: number
  sha256: string
  bytes: ArrayBuffer
}

export interface Unreadable {
  unreadable: 'format' | 'too_large' | 'corrupt'
}

/** A picture as it came from a camera or a file, made fit to be kept; the picture itself is not coded anew. */
export async function prepare(source: ArrayBuffer): Promise<Original | Unreadable> {
  const bytes = new Uint8Array(source)
  const type = recognise(bytes)
  if (!type) return { unreadable: 'format' }
  const clean = type === 'image/jpeg' ? cleanJpeg(bytes) : type === 'image/png' ? cleanPng(bytes) : cleanHeic(bytes)
  if (!clean?.width || !clean.height) return { unreadable: 'corrupt' }
  const { width, height } = clean
  const whole = joined(clean.parts)
  const fits = width * height <= MAX_PIXELS && Math.max(width, height) <= MAX_SIDE && whole.length <= MAX_BYTES
  if (!fits) return { unreadable: 'too_large' }
  return { type, width, height, sha256: await sha256(whole), bytes: whole.buffer }
}

/** By its first bytes, never by its name. */
export function recognise(bytes: Uint8Array): PictureType | null {
  if (starts(bytes, JPEG)) return 'image/jpeg'
  if (starts(bytes, PNG)) return 'image/png'
  return isHeic(bytes) ? 'image/heic' : null
}

function joined(parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
