import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Alignment,
  align,
  CLOSEST,
  cssTransform,
  type Look,
  lookTransform,
  type Marks,
  type Point,
  panned,
  placed,
  shown,
  touched,
  UNMOVED,
  WHOLE,
  zoomed,
} from '../../src/domain/overlay'

const frame = { width: 300, height: 400 }
const portrait = { width: 3024, height: 4032 }
const landscape = { width: 4032, height: 3024 }

const size = fc.record({ width: fc.integer({ min: 100, max: 5000 }), height: fc.integer({ min: 100, max: 5000 }) })
const fraction = fc.double({ min: 0, max: 1, noNaN: true })
const point = fc.record({ x: fraction, y: fraction })
const marks = fc.tuple(point, point) as fc.Arbitrary<Marks>

const look = fc
  .record({ zoom: fc.double({ min: 1, max: CLOSEST, noNaN: true }), x: fraction, y: fraction })
  .map((one) => panned(one, 0, 0))
/** Of the frame: what is seen at a point of it. */
const seenAt = (at: Point, one: Look) => touched(at, one, UNMOVED, frame, frame)

describe('laid over each other', () => {
  test('the marks of one come onto the marks of the other, whatever the pictures', () => {
    fc.assert(
      fc.property(marks, size, marks, size, size, (mine, picture, theirs, other, frame) => {
        const alignment = align(mine, picture, theirs, other, frame)
        if (!alignment) return
        for (const n of [0, 1] as const) {
          const [at, wanted] = [placed(mine[n], alignment, picture, frame), placed(theirs[n], UNMOVED, other, frame)]
          expect(Math.hypot(at.x - wanted.x, at.y - wanted.y)).toBeLessThan(1e-6 * frame.width * (1 + alignment.scale))
        }
      }),
    )
  })

  test('a picture with its own marks is not moved', () => {
    fc.assert(
      fc.property(marks, size, (mine, picture) => {
        const same = align(mine, picture, mine, picture, frame)
        if (!same) return
        expect(same.scale).toBeCloseTo(1, 9)
        expect(same.rotation).toBeCloseTo(0, 9)
        expect(Math.hypot(...same.shift)).toBeCloseTo(0, 9)
      }),
    )
  })

  test('angles stay angles: three points keep their shape', () => {
    fc.assert(
      fc.property(marks, marks, point, (mine, theirs, third) => {
        const alignment = align(mine, portrait, theirs, portrait, frame)
        if (!alignment) return
        const side = (a: typeof third, b: typeof third, by: Alignment) => {
          const [p, q] = [placed(a, by, portrait, frame), placed(b, by, portrait, frame)]
          return Math.hypot(p.x - q.x, p.y - q.y)
        }
        for (const mark of mine)
          expect(side(mark, third, alignment)).toBeCloseTo(side(mark, third, UNMOVED) * alignment.scale, 5)
      }),
    )
  })

  test.each<[string, Marks, Alignment]>([
    [
      'as it is',
      [
        { x: 0.3, y: 0.4 },
        { x: 0.7, y: 0.4 },
      ],
      { scale: 1, rotation: 0, shift: [0, 0] },
    ],
    [
      'too small',
      [
        { x: 0.4, y: 0.45 },
        { x: 0.6, y: 0.45 },
      ],
      { scale: 2, rotation: 0, shift: [0, 0] },
    ],
    [
      'too far to the left',
      [
        { x: 0.2, y: 0.4 },
        { x: 0.6, y: 0.4 },
      ],
      { scale: 1, rotation: 0, shift: [0.1, 0] },
    ],
    // 0.3 of the width is 0.225 of the height of a 3:4 picture.
    [
      'turned clockwise by a quarter',
      [
        { x: 0.5 + 0.4 / 3, y: 0.35 },
        { x: 0.5 + 0.4 / 3, y: 0.65 },
      ],
      { scale: 1, rotation: 90, shift: [0, 0] },
    ],
  ])('%s', (_, mine, wanted) => {
    const alignment = align(
      mine,
      portrait,
      [
        { x: 0.3, y: 0.4 },
        { x: 0.7, y: 0.4 },
      ],
      portrait,
      frame,
    )
    expect(alignment?.scale).toBeCloseTo(wanted.scale, 6)
    expect(alignment?.rotation).toBeCloseTo(wanted.rotation, 6)
    expect(alignment?.shift[0]).toBeCloseTo(wanted.shift[0], 6)
    expect(alignment?.shift[1]).toBeCloseTo(wanted.shift[1], 6)
  })

  test('marks on one spot say nothing', () => {
    const near: Marks = [
      { x: 0.5, y: 0.5 },
      { x: 0.51, y: 0.5 },
    ]
    const far: Marks = [
      { x: 0.2, y: 0.5 },
      { x: 0.8, y: 0.5 },
    ]
    expect(align(near, portrait, far, portrait, frame)).toBeNull()
    expect(align(far, portrait, near, portrait, frame)).toBeNull()
  })

  test('the browser is told the same', () => {
    const alignment = { scale: 1.5, rotation: 30, shift: [0.1, -0.2] as [number, number] }
    expect(cssTransform(alignment, 300)).toBe('translate(30px, -60px) rotate(-30deg) scale(1.5)')
  })
})

describe('shown whole', () => {
  test.each([
    [portrait, { width: 300, height: 400 }],
    [landscape, { width: 300, height: 225 }],
  ])('%o', (picture, wanted) => expect(shown(picture, frame)).toEqual(wanted))

  test('a finger is on the spot of the picture that is seen there, however it is moved', () => {
    const moved = fc.record({
      scale: fc.double({ min: 0.5, max: 2, noNaN: true }),
      rotation: fc.double({ min: -180, max: 180, noNaN: true }),
      shift: fc.tuple(fraction, fraction) as fc.Arbitrary<[number, number]>,
    })
    fc.assert(
      fc.property(point, look, moved, size, size, (spot, look, alignment, picture, frame) => {
        const { x, y } = placed(spot, alignment, picture, frame)
        const at = {
          x: (x / frame.width + 0.5 - look.x) * look.zoom + 0.5,
          y: (y / frame.height + 0.5 - look.y) * look.zoom + 0.5,
        }
        const found = touched(at, look, alignment, picture, frame)
        expect(Math.hypot(found.x - spot.x, found.y - spot.y)).toBeLessThan(1e-6)
      }),
    )
  })
})

describe('looked at closer', () => {
  test('what is under the fingers stays there, as long as the edges allow', () => {
    const start = zoomed(WHOLE, 3)
    const under = { x: 0.6, y: 0.45 }
    const before = seenAt(under, start)
    const after = seenAt(under, zoomed(start, 1.4, under))
    expect(after.x).toBeCloseTo(before.x, 9)
    expect(after.y).toBeCloseTo(before.y, 9)
  })

  test('never smaller than whole, never beyond an edge', () => {
    fc.assert(
      fc.property(
        look,
        fc.double({ min: 0.1, max: 10, noNaN: true }),
        point,
        fc.double({ min: -2, max: 2, noNaN: true }),
        (one, factor, under, by) => {
          for (const next of [zoomed(one, factor, under), panned(one, by, -by)]) {
            expect(next.zoom).toBeGreaterThanOrEqual(1)
            expect(next.zoom).toBeLessThanOrEqual(CLOSEST)
            for (const corner of [
              { x: 0, y: 0 },
              { x: 1, y: 1 },
            ]) {
              const seen = seenAt(corner, next)
              for (const at of [seen.x, seen.y]) expect(at >= -1e-9 && at <= 1 + 1e-9).toBe(true)
            }
          }
        },
      ),
    )
  })

  test('the picture goes with the fingers', () => {
    const start: Look = { zoom: 2, x: 0.5, y: 0.5 }
    expect(panned(start, 0.2, -0.1)).toEqual({ zoom: 2, x: 0.4, y: 0.55 })
    expect(lookTransform({ zoom: 2, x: 0.25, y: 0.5 })).toBe('scale(2) translate(25%, 0%)')
  })
})
