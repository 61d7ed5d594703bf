// How a head is turned, from the landmarks of a face: the rotation that lays a canonical face over them best.
import { CANONICAL } from '../generated/canonical-face'

/** Degrees. Positive yaw shows the right side, positive pitch looks up, positive roll is counter-clockwise in the picture. */
export interface Angle {
  yaw: number
  pitch: number
  roll: number
}

/** `middle`: how far the face is from the middle of the picture, in fractions of its width; it adds to the angle. */
export type Head = Angle & { middle: number }

type Three = [number, number, number]
type Rotation = [Three, Three, Three]
const DEGREES = 180 / Math.PI

/** `landmarks`: x, y, z of each, flat; x and z in fractions of the picture's width, y (down) of its height. */
export function headOf(landmarks: ArrayLike<number>, width: number, height: number): Head {
  const at = (n: number): Three => [
    (landmarks[3 * n] ?? 0) * width,
    -(landmarks[3 * n + 1] ?? 0) * height,
    -(landmarks[3 * n + 2] ?? 0) * width,
  ]
  const from = CANONICAL.map(([, , x, y, z]): Three => [x, y, z])
  const to = CANONICAL.map(([n]) => at(n))
  const weights = CANONICAL.map(([, weight]) => weight)
  const x = to.reduce((sum, point, n) => sum + point[0] * (weights[n] ?? 0), 0) / total(weights) / width
  return { ...anglesOf(rotationBetween(from, to, weights)), middle: x - 0.5 }
}

/** Rows of the rotation that turns `from` towards `to`, wherever they lie and however large (Horn, 1987). */
export function rotationBetween(from: readonly Three[], to: readonly Three[], weights: readonly number[]): Rotation {
  const [a, b] = [centred(from, weights), centred(to, weights)]
  const s = [0, 1, 2].map((row) =>
    [0, 1, 2].map((column) =>
      a.reduce((sum, point, n) => sum + (point[row] ?? 0) * (b[n]?.[column] ?? 0) * (weights[n] ?? 0), 0),
    ),
  ) as [Three, Three, Three]
  const [[xx, xy, xz], [yx, yy, yz], [zx, zy, zz]] = s
  const [w, x, y, z] = largest([
    [xx + yy + zz, yz - zy, zx - xz, xy - yx],
    [yz - zy, xx - yy - zz, xy + yx, zx + xz],
    [zx - xz, xy + yx, yy - xx - zz, yz + zy],
    [xy - yx, zx + xz, yz + zy, zz - xx - yy],
  ])
  return [
    [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
    [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
    [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
  ]
}

/** Turned first, then tipped, then tilted. */
function anglesOf([[, tilt], [, upright], [back, down, out]]: Rotation): Angle {
  return {
    yaw: Math.atan2(-back, out) * DEGREES,
    pitch: -Math.asin(Math.max(-1, Math.min(1, down))) * DEGREES,
    roll: Math.atan2(-tilt, upright) * DEGREES,
  }
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0)

function centred(points: readonly Three[], weights: readonly number[]): Three[] {
  const middle = [0, 1, 2].map(
    (axis) => points.reduce((sum, point, n) => sum + (point[axis] ?? 0) * (weights[n] ?? 0), 0) / total(weights),
  )
  return points.map((point) => point.map((value, axis) => value - (middle[axis] ?? 0)) as Three)
}

type Four = [number, number, number, number]

/** The eigenvector of a symmetric matrix's largest eigenvalue, by squaring: each step doubles the distance to the others. */
function largest(matrix: Four[]): Four {
  // Its eigenvalues lie within this of 0; shifted, the largest is also the largest in size.
  const bound = Math.max(...matrix.map((row) => total(row.map(Math.abs))))
  let power = matrix.map((row, n) => row.map((value, m) => (value + (n === m ? bound : 0)) / bound))
  for (let step = 0; step < 24; step++) {
    const squared = power.map((row) =>
      row.map((_, column) => row.reduce((sum, value, n) => sum + value * (power[n]?.[column] ?? 0), 0)),
    )
    const size = Math.max(...squared.map((row) => Math.max(...row.map(Math.abs))))
    power = squared.map((row) => row.map((value) => value / size))
  }
  const lengths = power.map((row) => Math.hypot(...row))
  const length = Math.max(...lengths)
  const longest = power[lengths.indexOf(length)] as number[]
  return longest.map((value) => value / length) as Four
}
