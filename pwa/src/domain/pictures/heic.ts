/**
 * HEIC: boxes in boxes. What it says of the place is written over where it stands, because the boxes point into the
 * file by numbers. Source: ISO/IEC 14496-12 (boxes, iloc, iinf), ISO/IEC 23008-12 (ispe, irot).
 */
import { clearExif, EXIF_START, starts } from './metadata'
import type { Clean } from './prepare'

const KEPT = ['ftyp', 'meta', 'mdat', 'free']
const BLANK = 0x20
const BRANDS = ['heic', 'heix', 'heim', 'heis', 'mif1']

interface Box {
  kind: string
  /** Of the box. */
  at: number
  /** Of its content, and of what follows it. */
  begins: number
  ends: number
}

class Damaged extends Error {}

export const isHeic = (source: Uint8Array): boolean =>
  source.length >= 12 && text(source, 4) === 'ftyp' && BRANDS.includes(text(source, 8))

/** The same picture without positions and descriptions, and whatever follows it. Null: damaged. */
export function cleanHeic(source: Uint8Array): Clean | null {
  try {
    return clean(source.slice())
  } catch (error) {
    if (error instanceof Damaged || error instanceof RangeError) return null
    throw error
  }
}

function clean(file: Uint8Array<ArrayBuffer>): Clean {
  const boxes = topBoxes(file)
  const meta = boxes.find(({ kind }) => kind === 'meta')
  if (!meta || !boxes.some(({ kind }) => kind === 'mdat')) throw new Damaged()
  // Its own version and flags come before the boxes in it.
  const inside = [...boxesIn(file, meta.begins + 4, meta.ends)]
  const view = new DataView(file.buffer)
  for (const { kind, at, begins, ends } of boxes) {
    if (KEPT.includes(kind) && kind !== 'free') continue
    for (const [index, letter] of [...'free'].entries()) file[at + 4 + index] = letter.charCodeAt(0)
    file.fill(0, begins, ends)
  }
  const places = locations(view, need(inside, 'iloc'))
  const data = inside.find(({ kind }) => kind === 'idat')
  for (const item of items(view, file, need(inside, 'iinf'))) {
    if (item.kind !== 'Exif' && item.kind !== 'mime') continue
    clearItem(file, item.kind, places.get(item.id) ?? [], data)
  }
  const last = boxes.at(-1) as Box
  return { ...sizeOf(view, file, inside), parts: [file.subarray(0, last.ends)] }
}

/** Up to the last one that belongs to the picture: a film or a vendor's extra behind it is cut off. */
function topBoxes(file: Uint8Array): Box[] {
  const boxes: Box[] = []
  try {
    for (const box of boxesIn(file, 0, file.length)) boxes.push(box)
  } catch (error) {
    if (!(error instanceof Damaged)) throw error
  }
  const last = boxes.findLastIndex(({ kind }) => KEPT.includes(kind) && kind !== 'free')
  return boxes.slice(0, last + 1)
}

function* boxesIn(file: Uint8Array, from: number, to: number): Iterable<Box> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  for (let at = from; at < to; ) {
    if (at + 8 > to) throw new Damaged()
    let length = view.getUint32(at)
    let begins = at + 8
    if (length === 1) {
      length = Number(view.getBigUint64(at + 8))
      begins = at + 16
    } else if (length === 0) {
      length = to - at
    }
    if (at + length < begins || at + length > to) throw new Damaged()
    yield { kind: text(file, at + 4), at, begins, ends: at + length }
    at += length
  }
}

/** An item's bytes may lie in pieces: they are put together, cleared, and put back. */
function clearItem(file: Uint8Array, kind: string, extents: Extent[], data: Box | undefined): void {
  const pieces = extents.map(({ inData, at, bytes }) => {
    const from = inData ? (data?.begins ?? Number.NaN) + at : at
    if (!(from + bytes <= file.length)) throw new Damaged()
    return file.subarray(from, bytes === 0 ? file.length : from + bytes)
  })
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  if (kind === 'mime') whole.fill(BLANK)
  else clearExifItem(whole)
  at = 0
  for (const piece of pieces) {
    piece.set(whole.subarray(at, at + piece.length))
    at += piece.length
  }
}

/** Four bytes say how far behind them the TIFF begins. */
function clearExifItem(item: Uint8Array): void {
  if (item.length < 4) return
  const after = item.subarray(4)
  const told = new DataView(item.buffer).getUint32(0)
  const begins = told < after.length ? told : 0
  if (begins !== EXIF_START.length || !starts(after, EXIF_START)) after.fill(0, 0, begins)
  clearExif(after.subarray(begins))
}

interface Extent {
  /** In the box `idat`, instead of the file. */
  inData: boolean
  at: number
  bytes: number
}

function locations(view: DataView, box: Box): Map<number, Extent[]> {
  const version = view.getUint8(box.begins)
  const sizes = view.getUint16(box.begins + 4)
  const [offsetBytes, lengthBytes, baseBytes] = [sizes >> 12, (sizes >> 8) & 15, (sizes >> 4) & 15]
  const indexBytes = version === 0 ? 0 : sizes & 15
  let at = box.begins + 6
  const number = (bytes: number): number => {
    if (![0, 2, 4, 8].includes(bytes) || at + bytes > box.ends) throw new Damaged()
    const from = at
    at += bytes
    if (bytes === 0) return 0
    if (bytes === 2) return view.getUint16(from)
    return bytes === 4 ? view.getUint32(from) : Number(view.getBigUint64(from))
  }
  const count = number(version < 2 ? 2 : 4)
  const found = new Map<number, Extent[]>()
  for (let item = 0; item < count; item += 1) {
    const id = number(version < 2 ? 2 : 4)
    const inData = version > 0 && (number(2) & 15) === 1
    number(2)
    const base = number(baseBytes)
    const extents: Extent[] = []
    for (let left = number(2); left > 0; left -= 1) {
      number(indexBytes)
      extents.push({ inData, at: base + number(offsetBytes), bytes: number(lengthBytes) })
    }
    found.set(id, extents)
  }
  return found
}

function* items(view: DataView, file: Uint8Array, box: Box): Iterable<{ id: number; kind: string }> {
  const countBytes = view.getUint8(box.begins) === 0 ? 2 : 4
  for (const { kind, begins } of boxesIn(file, box.begins + 4 + countBytes, box.ends)) {
    const version = view.getUint8(begins)
    if (kind !== 'infe' || version < 2) continue
    const idBytes = version === 2 ? 2 : 4
    const id = idBytes === 2 ? view.getUint16(begins + 4) : view.getUint32(begins + 4)
    yield { id, kind: text(file, begins + 4 + idBytes + 2) }
  }
}

/** As it is shown: turned, if the file says so. */
function sizeOf(view: DataView, file: Uint8Array, inside: Box[]): { width: number; height: number } {
  const primaryBox = need(inside, 'pitm')
  const primary =
    view.getUint8(primaryBox.begins) === 0
      ? view.getUint16(primaryBox.begins + 4)
      : view.getUint32(primaryBox.begins + 4)
  const about = [...boxesIn(file, need(inside, 'iprp').begins, need(inside, 'iprp').ends)]
  const shared = need(about, 'ipco')
  const properties = [...boxesIn(file, shared.begins, shared.ends)]
  const own = propertiesOf(view, need(about, 'ipma'), primary).map((index) => properties[index - 1])
  const size = own.find((property) => property?.kind === 'ispe')
  if (!size) throw new Damaged()
  const turn = own.find((property) => property?.kind === 'irot')
  const [width, height] = [view.getUint32(size.begins + 4), view.getUint32(size.begins + 8)]
  const lies = turn !== undefined && view.getUint8(turn.begins) % 2 === 1
  return lies ? { width: height, height: width } : { width, height }
}

function propertiesOf(view: DataView, box: Box, item: number): number[] {
  const [version, wide] = [view.getUint8(box.begins), (view.getUint8(box.begins + 3) & 1) === 1]
  const count = view.getUint32(box.begins + 4)
  let at = box.begins + 8
  for (let entry = 0; entry < count; entry += 1) {
    const id = version === 0 ? view.getUint16(at) : view.getUint32(at)
    at += version === 0 ? 2 : 4
    const length = view.getUint8(at)
    at += 1
    const indexes = Array.from({ length }, (_, index) =>
      wide ? view.getUint16(at + 2 * index) & 0x7fff : view.getUint8(at + index) & 0x7f,
    )
    if (id === item) return indexes
    at += length * (wide ? 2 : 1)
  }
  throw new Damaged()
}

function need(boxes: Box[], kind: string): Box {
  const found = boxes.find((box) => box.kind === kind)
  if (!found) throw new Damaged()
  return found
}

const text = (file: Uint8Array, at: number): string => String.fromCharCode(...file.subarray(at, at + 4))
