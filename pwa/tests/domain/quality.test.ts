import { describe, expect, test } from 'vitest'
import type { Check } from '../../src/domain/catalogue'
import { edgesOf } from '../../src/domain/quality/edges'
import { judge, levelOf } from '../../src/domain/quality/judge'
import { tiltOf } from '../../src/domain/quality/level'
import { lumaOf, measure, motionBetween } from '../../src/domain/quality/measure'
import { type Made, madePicture } from './pictures-made'

const ALL: Check[] = ['sharpness', 'exposure', 'white_balance', 'balance', 'tilt']
const verdicts = (made: Made, reference?: Record<string, unknown>) =>
  judge(ALL, measure(madePicture(made)), null, reference)

describe('focus', () => {
  test.each([
    [0, 'green'],
    [0.8, 'green'],
    [1, 'green'],
    [1.8, 'amber'],
    [3, 'red'],
    [5, 'red'],
  ] as const)('a blur of %f pixels is %s, whatever the noise', (blur, level) => {
    for (const noise of [0, 1, 3]) expect(verdicts({ blur, noise }).sharpness?.level).toBe(level)
  })

  test('dark skin and little light do not look like blur', () => {
    for (const made of [{ skin: [0.12, 0.08, 0.06] as [number, number, number] }, { stops: -1.5 }]) {
      expect(verdicts(made).sharpness?.level).toBe('green')
      expect(verdicts({ ...made, blur: 4 }).sharpness?.hint).toBe('blurred')
    }
  })

  test('more blur never measures sharper', () => {
    const measured = [0, 0.5, 1, 1.5, 2, 3, 4].map((blur) => measure(madePicture({ blur })).sharpness)
    expect(measured).toEqual([...measured].sort((one, other) => other - one))
  })

  test('an empty picture is not in focus', () => {
    const white = { data: new Uint8ClampedArray(180 * 240 * 4).fill(255), width: 180, height: 240 }
    expect(judge(['sharpness'], measure(white), null).sharpness?.level).toBe('red')
  })
})

describe('light', () => {
  test.each([
    [-4, 'red', 'too_dark'],
    [-2.1, 'amber', 'too_dark'],
    [-1, 'green', null],
    [0, 'green', null],
    [0.5, 'green', null],
    [1, 'amber', 'too_bright'],
    [2, 'red', 'too_bright'],
  ] as const)('an exposure of %f stops is %s', (stops, level, hint) => {
    expect(verdicts({ stops }).exposure).toMatchObject({ level, hint })
  })

  test('a picture is compared with the baseline, where there is one', () => {
    const baseline = verdicts({})
    expect(verdicts({ stops: 0.1 }, baseline).exposure?.level).toBe('green')
    expect(verdicts({ stops: -0.6 }, baseline).exposure).toMatchObject({ level: 'amber', hint: 'darker' })
    expect(verdicts({ stops: -1.2 }, baseline).exposure).toMatchObject({ level: 'red', hint: 'darker' })
    expect(verdicts({ stops: 0.6 }, baseline).exposure).toMatchObject({ level: 'amber', hint: 'brighter' })
  })

  test.each([
    [0, 'green', null],
    [1.5, 'amber', 'light_left'],
    [-1.5, 'amber', 'light_right'],
    [3, 'red', 'light_left'],
  ] as const)('%f stops from edge to edge are %s', (slope, level, hint) => {
    expect(verdicts({ slope }).balance).toMatchObject({ level, hint })
  })

  test('the colour of the light is compared with the baseline', () => {
    const baseline = verdicts({ backdrop: [0.2, 0.3, 0.45] })
    const cast = (red: number, blue: number) =>
      verdicts({ backdrop: [0.2, 0.3, 0.45], cast: [red, blue] }, baseline).white_balance
    expect(cast(1, 1)?.level).toBe('green')
    expect(cast(1.11, 0.88)).toMatchObject({ level: 'amber', hint: 'too_warm' })
    expect(cast(1.3, 0.7)).toMatchObject({ level: 'red', hint: 'too_warm' })
    expect(cast(0.85, 1.2)).toMatchObject({ hint: 'too_cold' })
  })

  test('without a baseline a colour is worth a look, never a retake', () => {
    expect(verdicts({ cast: [1.5, 0.6] }).white_balance).toMatchObject({ level: 'amber', hint: 'too_warm' })
    expect(verdicts({}).white_balance?.level).toBe('green')
  })
})

describe('the phone', () => {
  test.each([
    ['upright', 90, 0, 0, { roll: 0, pitch: 0 }],
    ['lens up', 100, 0, 0, { roll: 0, pitch: 10 }],
    ['lens down', 80, 0, 0, { roll: 0, pitch: -10 }],
    ['turned clockwise', 80, 90, 0, { roll: 10, pitch: 0 }],
    ['turned to the left', 80, -90, 0, { roll: -10, pitch: 0 }],
    ['on its left side, the screen turned with it', 0, -90, 90, { roll: 0, pitch: 0 }],
    ['on its right side, the screen turned with it', 0, 90, 270, { roll: 0, pitch: 0 }],
  ])('%s', (_, beta, gamma, screen, expected) => {
    const tilt = tiltOf(beta, gamma, screen)
    expect(tilt.roll).toBeCloseTo(expected.roll, 5)
    expect(tilt.pitch).toBeCloseTo(expected.pitch, 5)
  })

  test('is judged against level, and from the second time point on against how it was held then', () => {
    const level = judge(['tilt'], null, { roll: 1, pitch: -1.5 })
    expect(level.tilt?.level).toBe('green')
    expect(judge(['tilt'], null, { roll: 3, pitch: 0 }).tilt).toMatchObject({ level: 'amber', hint: 'turn_left' })
    expect(judge(['tilt'], null, { roll: 0, pitch: -9 }).tilt).toMatchObject({ level: 'red', hint: 'tip_up' })
    const held = { tilt: { value: { roll: 0, pitch: -9 } } }
    expect(judge(['tilt'], null, { roll: 0, pitch: -9 }, held).tilt?.level).toBe('green')
  })

  test('without a sensor is not judged', () => {
    expect(judge(['tilt'], null, null)).toEqual({})
  })
})

test('only what means something for the view is judged', () => {
  const measured = measure(madePicture({ slope: 3 }))
  expect(judge(['sharpness', 'head_angle'], measured, null)).toEqual({
    sharpness: { level: 'green', hint: null, value: { sharpness: expect.any(Number) } },
  })
})

test('a picture is as good as its worst check', () => {
  expect(levelOf(verdicts({}))).toBe('green')
  expect(levelOf(verdicts({ slope: 1.5, blur: 5 }))).toBe('red')
  expect(levelOf({})).toBe('green')
})

test('a hand that holds still is told from one that moves', () => {
  const frame = (blur: number, seed: number) => lumaOf(madePicture({ seed, blur, noise: 2 }))
  const still = motionBetween(frame(0, 1), frame(0, 1))
  const moved = motionBetween(lumaOf(madePicture({ slope: 0 })), lumaOf(madePicture({ slope: 1, stops: 0.3 })))
  expect(still).toBeLessThan(2)
  expect(moved).toBeGreaterThan(4)
})

test('a preview is measured in little more than it takes to read it', () => {
  // Relative to a floor, so that a slow machine slows both: turning it into luma, which any check has to do.
  const picture = madePicture({ width: 360, height: 480 })
  const best = (run: () => unknown) => {
    let least = Number.POSITIVE_INFINITY
    for (let n = 0; n < 15; n++) {
      const begun = performance.now()
      run()
      least = Math.min(least, performance.now() - begun)
    }
    return least
  }
  const floor = best(() => lumaOf(picture))
  expect(best(() => measure(picture)) / floor).toBeLessThan(60)
})

test('the contours of a picture are lines on nothing', () => {
  const [width, height] = [40, 30]
  const data = new Uint8ClampedArray(width * height * 4).fill(255)
  for (let y = 0; y < height; y++) for (let x = 0; x < 20; x++) data.set([30, 30, 30], (y * width + x) * 4)
  const edges = edgesOf({ data, width, height })
  const opacity = (x: number) => edges.data[(15 * width + x) * 4 + 3]
  expect([opacity(5), opacity(35)]).toEqual([0, 0])
  expect([opacity(19), opacity(20)]).toEqual([255, 255])
})
