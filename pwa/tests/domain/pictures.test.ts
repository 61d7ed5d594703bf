import fc from 'fast-check'
import { afterEach, expect, test, vi } from 'vitest'
import { prepare, recognise } from '@/domain/pictures/prepare'
import { sha256 } from '@/domain/pictures/sha256'
import { erasePosition, orientationOf } from '@/domain/pictures/tiff'
import { jpeg } from '../state/pictures'

afterEach(() => vi.unstubAllGlobals())

/** Exif as a TIFF: IFD0 with an orientation and a directory of positions with these entries. */
function tiff(little: boolean, tags: number[], orientation = 6): Uint8Array {
  const bytes = new Uint8Array(38 + 6 + 12 * tags.length + 8 * tags.length)
  const view = new DataView(bytes.buffer)
  const entry = (at: number, tag: number, type: number, count: number, value: number) => {
    view.setUint16(at, tag, little)
    view.setUint16(at + 2, type, little)
    view.setUint32(at + 4, count, little)
    if (type === 3) view.setUint16(at + 8, value, little)
    else view.setUint32(at + 8, value, little)
  }
  view.setUint16(0, little ? 0x4949 : 0x4d4d)
  view.setUint16(2, 42, little)
  view.setUint32(4, 8, little)
  view.setUint16(8, 2, little)
  entry(10, 0x0112, 3, 1, orientation)
  entry(22, 0x8825, 4, 1, 38)
  view.setUint16(38, tags.length, little)
  for (const [index, tag] of tags.entries()) entry(40 + 12 * index, tag, 5, 1, 44 + 12 * tags.length + 8 * index)
  bytes.fill(0xaa, 44 + 12 * tags.length)
  return bytes
}

test('of a position nothing is left, neither its entries nor its numbers, and everything else is where it was', () => {
  fc.assert(
    fc.property(
      fc.boolean(),
      fc.array(fc.integer({ min: 1, max: 31 }), { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 1, max: 8 }),
      (little, tags, orientation) => {
        const before = tiff(little, tags, orientation)
        const after = before.slice()
        expect(erasePosition(after)).toBe(true)
        expect(after.subarray(0, 38)).toEqual(before.subarray(0, 38))
        expect(orientationOf(after)).toBe(orientation)
        expect([...after].filter((byte) => byte === 0xaa)).toEqual([])
        const again = after.slice()
        expect(erasePosition(again)).toBe(true)
        expect(again).toEqual(after)
      },
    ),
  )
})

test('no bytes whatever stop it', async () => {
  const starts = [[0xff, 0xd8, 0xff], [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], [...jpeg(1).slice(0, 20)]]
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...starts, []), fc.uint8Array({ maxLength: 400 }), async (start, rest) => {
      const answer = await prepare(Uint8Array.from([...start, ...rest]).buffer)
      if (!('unreadable' in answer)) expect(await prepare(answer.bytes)).toEqual(answer)
    }),
  )
})

test('a picture is recognised by its first bytes', () => {
  expect(recognise(jpeg(1))).toBe('image/jpeg')
  const brand = (name: string) => Uint8Array.from([0, 0, 0, 24, ...new TextEncoder().encode(`ftyp${name}`), 0, 0, 0, 0])
  expect(recognise(brand('heic'))).toBe('image/heic')
  expect(recognise(brand('mp42'))).toBeNull()
})

test('too many pixels are said before anything else is done with it', async () => {
  const large = jpeg(1)
  const size = large.indexOf(0xc0) + 4
  large.set([0x4e, 0x20, 0x4e, 0x20], size)
  expect(await prepare(large.buffer)).toEqual({ unreadable: 'too_large' })
})

test('the hash is the same with and without crypto.subtle', async () => {
  const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => index % 251)
  const native = await sha256(bytes)
  vi.stubGlobal('crypto', {})
  expect(await sha256(bytes)).toBe(native)
})
