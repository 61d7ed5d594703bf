import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { withoutAttention, withoutEval } from '../../head/changes'
import { regionOf, viewOf } from '../../src/domain/catalogue'
import { CANONICAL } from '../../src/domain/generated/canonical-face'
import { type Angle, type Head, headOf } from '../../src/domain/head/angle'
import { isLateral, judgeHead, Turn } from '../../src/domain/head/judge'

const PACKAGE = 'node_modules/@mediapipe/face_mesh'
const GLUE = readFileSync(`${PACKAGE}/face_mesh_solution_simd_wasm_bin.js`, 'utf8')
const LOADER = readFileSync(`${PACKAGE}/face_mesh_solution_packed_assets_loader.js`, 'utf8')
const DATA = readFileSync(`${PACKAGE}/face_mesh_solution_packed_assets.data`)
const [WIDTH, HEIGHT] = [480, 640]

/** Landmarks of the canonical face turned, tipped, tilted, made smaller and put somewhere, as the finder tells them. */
function landmarks({ yaw, pitch, roll }: Angle, scale = 8, left = 240, top = 300): Float32Array {
  const [a, b, c] = [yaw, pitch, roll].map((degrees) => (degrees * Math.PI) / 180) as [number, number, number]
  const all = new Float32Array(468 * 3)
  for (const [n, , x0, y0, z0] of CANONICAL) {
    const [x1, z1] = [x0 * Math.cos(a) + z0 * Math.sin(a), z0 * Math.cos(a) - x0 * Math.sin(a)]
    const [y2, z2] = [y0 * Math.cos(b) + z1 * Math.sin(b), z1 * Math.cos(b) - y0 * Math.sin(b)]
    const [x3, y3] = [x1 * Math.cos(c) - y2 * Math.sin(c), x1 * Math.sin(c) + y2 * Math.cos(c)]
    all.set([(left + scale * x3) / WIDTH, (top - scale * y3) / HEIGHT, (-scale * z2) / WIDTH], 3 * n)
  }
  return all
}

const head = (angle: Partial<Head>): Head => ({ yaw: 0, pitch: 0, roll: 0, middle: 0, ...angle })
const view = (code: 'F' | 'LO' | 'RO' | 'LL' | 'RL') => viewOf('face', code) as NonNullable<ReturnType<typeof viewOf>>

test('a head is turned as its landmarks are, wherever it is and however large', () => {
  const degrees = (most: number) => fc.double({ min: -most, max: most, noNaN: true })
  fc.assert(
    fc.property(
      fc.record({ yaw: degrees(85), pitch: degrees(60), roll: degrees(60) }),
      fc.double({ min: 2, max: 30, noNaN: true }),
      (angle, scale) => {
        const found = headOf(landmarks(angle, scale), WIDTH, HEIGHT)
        expect(found.yaw).toBeCloseTo(angle.yaw, 1)
        expect(found.pitch).toBeCloseTo(angle.pitch, 1)
        expect(found.roll).toBeCloseTo(angle.roll, 1)
      },
    ),
  )
})

test('how far a face is from the middle of the picture is told with its angle', () => {
  expect(headOf(landmarks(head({}), 8, 240), WIDTH, HEIGHT).middle).toBeCloseTo(0, 2)
  expect(headOf(landmarks(head({}), 8, 360), WIDTH, HEIGHT).middle).toBeCloseTo(0.25, 2)
})

test.each([
  ['F', head({ yaw: 2 }), 'green', null],
  ['F', head({ yaw: 5 }), 'amber', 'head_right'],
  ['F', head({ yaw: -9 }), 'red', 'head_left'],
  ['F', head({ roll: -5 }), 'amber', 'head_upright'],
  ['F', head({ middle: 0.3 }), 'amber', 'to_middle'],
  ['F', head({ pitch: 20 }), 'green', null],
  ['RO', head({ yaw: 49 }), 'green', null],
  ['RO', head({ yaw: 38 }), 'amber', 'head_left'],
  ['LO', head({ yaw: -38 }), 'amber', 'head_right'],
  ['LO', head({ yaw: 45 }), 'red', 'head_right'],
] as const)('%s, %o: %s, %s', (code, seen, level, hint) => {
  expect(judgeHead(view(code), seen)).toMatchObject({ level, hint })
})

test('from the second time point on the angle is that of the baseline, chin and all', () => {
  const before = { yaw: 4, pitch: -6, roll: 0 }
  expect(judgeHead(view('F'), head({ yaw: 4, pitch: -6 }), before).level).toBe('green')
  expect(judgeHead(view('F'), head({ yaw: 4, pitch: 2 }), before)).toMatchObject({ level: 'red', hint: 'chin_down' })
  expect(judgeHead(view('F'), head({ yaw: 0, pitch: -6 }), before)).toMatchObject({ hint: 'head_left' })
})

test('a head that was seen to turn beyond what can be measured is sideways', () => {
  const turn = new Turn(90)
  expect(turn.see(null)).toBeNull()
  expect(turn.see(head({ yaw: 30 }))).toMatchObject({ level: 'amber', hint: 'turn_on' })
  expect(turn.see(head({ yaw: 53 }))?.level).toBe('amber')
  expect(turn.see(null)).toMatchObject({ level: 'green', hint: null, value: { turned: 1 } })
})

test('one that disappears early or to the other side is left to the operator', () => {
  for (const yaw of [20, -60]) {
    const turn = new Turn(90)
    turn.see(head({ yaw }))
    expect(turn.see(null)).toBeNull()
  }
})

test('laterals are those of faces', () => {
  expect(isLateral(regionOf('face'), view('RL'))).toBe(true)
  expect(isLateral(regionOf('face'), view('RO'))).toBe(false)
  const body = regionOf('breast')
  expect(body.views.some((one) => isLateral(body, one))).toBe(false)
})

test('the finder makes no function from text', () => {
  const texts = /new Function\b|new_\(Function\b/
  expect(GLUE).toMatch(texts)
  expect(withoutEval(GLUE)).not.toMatch(texts)
})

test('another version of the finder is not changed blindly', () => {
  expect(() => withoutEval(GLUE.replace('createNamedFunction(', 'other('))).toThrow()
  expect(() => withoutAttention(LOADER.replace('with_attention', 'other'), DATA)).toThrow()
})

test('the model that is not used is left out, and the others are found', () => {
  const { loader, data } = withoutAttention(LOADER, DATA)
  expect(loader).not.toContain('with_attention')
  expect(loader).toContain(`"remote_package_size": ${data.length}`)
  const files = [...loader.matchAll(/"filename": "([^"]+)", "start": (\d+), "end": (\d+)/g)]
  expect(files).toHaveLength(3)
  for (const [, name, start, end] of files) {
    const before = new RegExp(`"filename": "${name}", "start": (\\d+), "end": (\\d+)`).exec(LOADER)
    const [now, then] = [
      data.subarray(Number(start), Number(end)),
      DATA.subarray(Number(before?.[1]), Number(before?.[2])),
    ]
    expect(then.equals(now)).toBe(true)
  }
})

/** Number and content of each field of a protobuf message. */
function* fields(data: Uint8Array): Generator<[number, Uint8Array | number]> {
  let at = 0
  const number = () => {
    for (let value = 0, shift = 0; ; shift += 7) {
      const byte = data[at++] ?? 0
      value += (byte & 127) * 2 ** shift
      if (byte < 128) return value
    }
  }
  while (at < data.length) {
    const key = number()
    if ((key & 7) === 0) yield [key >> 3, number()]
    else {
      const size = (key & 7) === 5 ? 4 : number()
      at += size
      yield [key >> 3, data.subarray(at - size, at)]
    }
  }
}

test('the canonical face is that of the package', () => {
  const file = /geometry_pipeline_metadata_landmarks\.binarypb", "start": (\d+), "end": (\d+)/.exec(LOADER)
  const all = [...fields(DATA.subarray(Number(file?.[1]), Number(file?.[2])))]
  const float = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset).getFloat32(0, true)
  const mesh = [...fields(all.find(([n]) => n === 1)?.[1] as Uint8Array)]
  const corners = mesh.filter(([n]) => n === 3).map(([, bytes]) => float(bytes as Uint8Array))
  const basis = all.filter(([n]) => n === 2).map(([, message]) => new Map(fields(message as Uint8Array)))
  expect(basis).toHaveLength(CANONICAL.length)
  for (const [n, one] of basis.entries()) {
    const landmark = one.get(1) as number
    const expected = [float(one.get(2) as Uint8Array), ...corners.slice(landmark * 5, landmark * 5 + 3)]
    const [id, ...rest] = CANONICAL[n] ?? []
    expect(id).toBe(landmark)
    for (const [m, value] of rest.entries()) expect(value).toBeCloseTo(expected[m] ?? Number.NaN, 3)
  }
})
