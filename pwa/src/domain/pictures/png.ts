/** PNG: chunks from IHDR to IEND, each with its checksum. Source: PNG specification, third edition, chapters 5 and 11. */
import { clearExif, harmless } from './metadata'
import type { Clean } from './prepare'

const SIGNATURE_BYTES = 8
/** Length, kind, checksum. */
const FRAME_BYTES = 12
/** What a decoder needs, and what makes the colours right. */
const KEPT = new Set('IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP cICP mDCV cLLI sBIT bKGD pHYs'.split(' '))

/** The same picture without texts and positions and whatever follows its end. Null: damaged, or a film. */
export function cleanPng(source: Uint8Array): Clean | null {
  const view = new DataView(source.buffer, source.byteOffset, source.byteLength)
  const parts: Uint8Array[] = [source.subarray(0, SIGNATURE_BYTES)]
  let size: { width: number; height: number } | null = null
  for (let at = SIGNATURE_BYTES; at + FRAME_BYTES <= source.length; ) {
    const length = view.getUint32(at)
    const end = at + FRAME_BYTES + length
    if (end > source.length) return null
    const kind = String.fromCharCode(...source.subarray(at + 4, at + 8))
    const chunk = source.subarray(at, end)
    if ((kind === 'IHDR') !== (size === null) || kind === 'acTL') return null
    if (checksum(chunk.subarray(4, -4)) !== view.getUint32(end - 4)) return null
    if (kind === 'IHDR') {
      if (length !== 13) return null
      size = { width: view.getUint32(at + 8), height: view.getUint32(at + 12) }
    }
    if (KEPT.has(kind)) parts.push(chunk)
    else if (kind === 'eXIf') parts.push(withoutPlace(chunk))
    if (kind === 'IEND') return size && { ...size, parts }
    at = end
  }
  return null
}

function withoutPlace(chunk: Uint8Array): Uint8Array {
  const copy = chunk.slice()
  const content = copy.subarray(8, -4)
  clearExif(content)
  if (!harmless(content)) content.fill(0)
  new DataView(copy.buffer).setUint32(copy.length - 4, checksum(copy.subarray(4, -4)))
  return copy
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1
  return value
})

/** CRC-32 as PNG has it. */
export function checksum(bytes: Uint8Array): number {
  let value = 0xffffffff
  for (const byte of bytes) value = (TABLE[(value ^ byte) & 0xff] as number) ^ (value >>> 8)
  return (value ^ 0xffffffff) >>> 0
}
