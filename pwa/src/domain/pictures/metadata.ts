/** What may be in the metadata of a picture that leaves the phone: the server refuses the rest (photos/location.py). */
import { eraseAll, erasePosition } from './tiff'

const EXIF = [0x45, 0x78, 0x69, 0x66, 0, 0]
/** Names of places in XMP, and beginnings of other files: what the server looks for, wherever it stands. */
const PLACE =
  /GPS(?:Latitude|Longitude|Altitude|Dest|AreaInformation|MapDatum|TimeStamp)|LocationShown|LocationCreated|Iptc4xmpCore:Location|photoshop:(?:City|State|Country)/
const STOWAWAY = /%PDF-|<script|<\?php|<html|<!doctype/i
const ARCHIVES = ['Rar!\u001a\u0007', '7z\u00bc\u00af\u0027\u001c']

const latin = new TextDecoder('latin1')

/** Whether a block of metadata may go as it is. */
export function harmless(block: Uint8Array): boolean {
  const text = latin.decode(block)
  // Text in two bytes a letter is read as the server reads it, without the zeros.
  const stowaway = STOWAWAY.test(text) || ARCHIVES.some((mark) => text.includes(mark))
  return !stowaway && !PLACE.test(text.replaceAll('\0', ''))
}

/** Clears a TIFF of every position, in place; also of those in pictures inside it. What cannot be cleared goes whole. */
export function clearExif(tiff: Uint8Array): void {
  if (!erasePosition(tiff)) eraseAll(tiff)
  for (let at = find(tiff, EXIF, 0); at >= 0; at = find(tiff, EXIF, at + EXIF.length)) {
    // A thumbnail is a picture of its own, with Exif of its own.
    const inner = tiff.subarray(at + EXIF.length)
    if (!erasePosition(inner)) eraseAll(inner)
  }
  if (!harmless(tiff) || !erasePosition(tiff)) eraseAll(tiff)
}

export function find(bytes: Uint8Array, what: readonly number[], from: number): number {
  for (let at = bytes.indexOf(what[0] as number, from); at >= 0; at = bytes.indexOf(what[0] as number, at + 1)) {
    if (what.every((byte, index) => bytes[at + index] === byte)) return at
  }
  return -1
}

export const starts = (bytes: Uint8Array, what: readonly number[]): boolean =>
  what.every((byte, index) => bytes[index] === byte)

export const EXIF_START: readonly number[] = EXIF
