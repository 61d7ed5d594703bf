/**
 * Exif is a small TIFF file inside the picture. What it says of the place is written over where it stands, so that
 * nothing else moves: makers' notes and HEIC point into the file by numbers.
 */

const GPS = 0x8825
const BELOW = [0x8769, 0xa005]
const ORIENTATION = 0x0112
const ENTRY_BYTES = 12
/** Bytes of one value, by the TIFF type. */
const TYPE_BYTES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4]
const MAX_DIRECTORIES = 20
/** GPSVersionID 2.3.0.0: many cameras write it without a position, and a directory has at least one entry. */
const VERSION_ONLY = [0, 0, 0, 1, 0, 0, 0, 4, 2, 3, 0, 0]

class Unreadable extends Error {}

interface Entry {
  tag: number
  /** Of the twelve bytes. */
  at: number
  /** Of the value, if it lies elsewhere in the file. */
  outside: { at: number; bytes: number } | null
  /** The first number of the value. */
  value: number
}

/** Writes over every position in it; false when it cannot be read, so that nobody can say what is in it. */
export function erasePosition(tiff: Uint8Array): boolean {
  try {
    for (const directory of new Tiff(tiff).positions()) new Tiff(tiff).erase(directory)
    return ![...new Tiff(tiff).positions()].some((directory) => new Tiff(tiff).says(directory))
  } catch (error) {
    if (error instanceof Unreadable) return false
    throw error
  }
}

/** Leaves the same number of bytes, in which nothing is said but which way is up. */
export function eraseAll(tiff: Uint8Array): void {
  const turned = orientationOf(tiff)
  tiff.fill(0)
  const empty = [0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, turned, 0, 0, 0, 0, 0, 0]
  if (tiff.length >= empty.length) tiff.set(empty)
}

/** 1 to 8; 1 when it does not say. */
export function orientationOf(tiff: Uint8Array): number {
  try {
    const file = new Tiff(tiff)
    const found = file.entries(file.first).find(({ tag }) => tag === ORIENTATION)
    return found && found.value >= 1 && found.value <= 8 ? found.value : 1
  } catch (error) {
    if (error instanceof Unreadable) return 1
    throw error
  }
}

class Tiff {
  readonly first: number
  #view: DataView
  #little: boolean

  constructor(private readonly bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const order = this.#u16(0, false)
    if (order !== 0x4949 && order !== 0x4d4d) throw new Unreadable()
    this.#little = order === 0x4949
    if (this.#u16(2) !== 42) throw new Unreadable()
    this.first = this.#u32(4)
  }

  /** Where directories of positions begin. */
  *positions(): Iterable<number> {
    const seen = new Set<number>()
    const open = [this.first]
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (at === 0 || seen.has(at)) continue
      seen.add(at)
      if (seen.size > MAX_DIRECTORIES) throw new Unreadable()
      const entries = this.entries(at)
      for (const { tag, value } of entries) {
        if (tag === GPS) yield value
        else if (BELOW.includes(tag)) open.push(value)
      }
      const next = at + 2 + entries.length * ENTRY_BYTES
      // Some writers leave out the address of the next directory behind the last one.
      if (next + 4 <= this.bytes.length) open.push(this.#u32(next))
    }
  }

  entries(at: number): Entry[] {
    const count = this.#u16(at)
    if (at + 2 + count * ENTRY_BYTES > this.bytes.length) throw new Unreadable()
    return Array.from({ length: count }, (_, index) => this.#entry(at + 2 + index * ENTRY_BYTES))
  }

  /** Whether a directory of positions says more than the version of the standard. */
  says(directory: number): boolean {
    return this.entries(directory).some(({ tag }) => tag !== 0)
  }

  erase(directory: number): void {
    const entries = this.entries(directory)
    if (entries.length === 0) return
    for (const { outside } of entries) if (outside) this.bytes.fill(0, outside.at, outside.at + outside.bytes)
    this.bytes.fill(0, directory + 2, directory + 2 + entries.length * ENTRY_BYTES)
    this.#view.setUint16(directory, 1, this.#little)
    const version = this.#little ? [0, 0, 1, 0, 4, 0, 0, 0, 2, 3, 0, 0] : VERSION_ONLY
    this.bytes.set(version, directory + 2)
  }

  #entry(at: number): Entry {
    const type = this.#u16(at + 2)
    const bytes = (TYPE_BYTES[type] ?? 0) * this.#u32(at + 4)
    const outside = bytes > 4 ? { at: this.#u32(at + 8), bytes } : null
    return { tag: this.#u16(at), at, outside, value: type === 3 ? this.#u16(at + 8) : this.#u32(at + 8) }
  }

  #u16(at: number, little = this.#little): number {
    if (at + 2 > this.bytes.length) throw new Unreadable()
    return this.#view.getUint16(at, little)
  }

  #u32(at: number): number {
    if (at + 4 > this.bytes.length) throw new Unreadable()
    return this.#view.getUint32(at, this.#little)
  }
}
