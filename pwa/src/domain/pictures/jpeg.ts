/** JPEG: marker segments, then scans, then the end marker. Source: ITU-T T.81, annex B; what the server reads. */
import { clearExif, EXIF_START, harmless, starts } from './metadata'
import type { Clean } from './prepare'

const END = 0xd9
const SCAN = 0xda
const EXIF = 0xe1
/** What is needed to show the colours right: JFIF, the colour profile, Adobe's transform. */
const NEEDED: Record<number, number[]> = {
  224: [0x4a, 0x46, 0x49, 0x46, 0],
  226: [0x49, 0x43, 0x43, 0x5f, 0x50, 0x52, 0x4f, 0x46, 0x49, 0x4c, 0x45, 0],
  238: [0x41, 0x64, 0x6f, 0x62, 0x65],
}

/** The same picture without places, comments, previews, and whatever a phone hangs behind it. Null: damaged. */
export function cleanJpeg(source: Uint8Array): Clean | null {
  const kept: Uint8Array[] = [source.subarray(0, 2)]
  let size: { width: number; height: number } | null = null
  let at = 2
  let scanned = false
  for (;;) {
    const begins = at
    if (source[at] !== 0xff) return null
    while (source[at] === 0xff) at += 1
    const marker = source[at]
    at += 1
    if (marker === undefined) return null
    if (marker === END) {
      kept.push(source.subarray(begins, at))
      return scanned && size ? { ...size, parts: kept } : null
    }
    if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) return null
    const length = u16(source, at)
    if (!(length >= 2) || at + length > source.length) return null
    const payload = source.subarray(at + 2, at + length)
    at += length
    if (isFrame(marker)) {
      if (size || payload.length < 5) return null
      size = { height: u16(payload, 1), width: u16(payload, 3) }
    }
    if (marker === SCAN) {
      if (!size) return null
      scanned = true
      at = endOfScan(source, at)
      if (at < 0) return null
    }
    const segment = source.subarray(begins, at)
    if (!isApplication(marker)) kept.push(segment)
    else if (marker === EXIF && starts(payload, EXIF_START)) kept.push(withoutPlace(segment, payload.length))
    else if (starts(payload, NEEDED[marker] ?? [-1]) && harmless(payload)) kept.push(segment)
  }
}

function withoutPlace(segment: Uint8Array, payloadBytes: number): Uint8Array {
  const copy = segment.slice()
  clearExif(copy.subarray(copy.length - payloadBytes + EXIF_START.length))
  return copy
}

/** FF 00 in a scan is a stuffed byte and FF D0..D7 a restart; any other FF begins the next segment. */
function endOfScan(source: Uint8Array, from: number): number {
  for (let at = source.indexOf(0xff, from); at >= 0; at = source.indexOf(0xff, at + 1)) {
    const next = source[at + 1]
    if (next === undefined) return -1
    if (next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at
  }
  return -1
}

const isFrame = (marker: number) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
/** Application data and comments. */
const isApplication = (marker: number) => (marker >= 0xe0 && marker <= 0xef) || marker === 0xfe
const u16 = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? Number.NaN) << 8) | (bytes[at + 1] ?? 0)
