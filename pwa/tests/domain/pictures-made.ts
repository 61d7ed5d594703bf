// Pictures of known blur, light and colour: something like a head before a backdrop, with hair and pores.
import type { Pixels } from '../../src/domain/quality/measure'

export interface Made {
  width?: number
  height?: number
  /** Gaussian, in pixels. */
  blur?: number
  /** Exposure, in stops. */
  stops?: number
  /** Stops from the left edge to the right one; positive: the left is brighter. */
  slope?: number
  /** Gains of red and blue. */
  cast?: [number, number]
  /** Noise of the sensor, standard deviation of 255. */
  noise?: number
  /** Skin and backdrop, linear reflectance. */
  skin?: [number, number, number]
  backdrop?: [number, number, number]
  seed?: number
}

function randomOf(seed: number): () => number {
  let state = seed * 2654435761 + 1
  return () => {
    state = (state * 1664525 + 1013904223) % 4294967296
    return state / 4294967296
  }
}

const encode = (value: number) =>
  255 * (value <= 0.0031308 ? 12.92 * value : 1.055 * Math.max(0, value) ** (1 / 2.4) - 0.055)

export function madePicture(made: Made = {}): Pixels {
  const { width = 180, height = 240, blur = 0, stops = 0, slope = 0, cast = [1, 1], noise = 1, seed = 1 } = made
  const { skin = [0.5, 0.36, 0.28], backdrop = [0.4, 0.4, 0.4] } = made
  const random = randomOf(seed)
  const planes = [0, 1, 2].map(() => new Float64Array(width * height))
  const pores = Float64Array.from({ length: width * height }, () => random())
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [u, v] = [x / width - 0.5, y / height - 0.5]
      const head = (u / 0.3) ** 2 + (v / 0.4) ** 2
      const hair = head < 1.25 && v < -0.22 - 0.05 * Math.sin(u * 60)
      const eye = Math.hypot((Math.abs(u) - 0.12) / 0.05, (v + 0.03) / 0.02) < 1
      const mouth = Math.hypot(u / 0.1, (v - 0.2) / 0.02) < 1
      const light = 2 ** (stops + slope * -u)
      const pore = 1 + 0.12 * ((pores[y * width + x] ?? 0) - 0.5)
      const strand = 0.04 + 0.06 * Math.abs(Math.sin(x * 1.3 + 3 * Math.sin(y / 17)))
      for (let c = 0; c < 3; c++) {
        const base = hair ? strand : head < 1 ? (eye || mouth ? 0.1 : (skin[c] ?? 0) * pore) : (backdrop[c] ?? 0)
        const gain = c === 0 ? cast[0] : c === 2 ? cast[1] : 1
        const plane = planes[c]
        if (plane) plane[y * width + x] = base * light * gain
      }
    }
  }
  const data = new Uint8ClampedArray(width * height * 4).fill(255)
  planes.forEach((plane, c) => {
    const soft = blur > 0 ? blurred(plane, width, height, blur) : plane
    for (let at = 0; at < soft.length; at++)
      data[at * 4 + c] = encode(soft[at] ?? 0) + noise * (random() + random() + random() - 1.5) * 2
  })
  return { data, width, height }
}

function blurred(plane: Float64Array, width: number, height: number, sigma: number): Float64Array {
  const reach = Math.ceil(3 * sigma)
  const kernel = Array.from({ length: 2 * reach + 1 }, (_, n) => Math.exp(-((n - reach) ** 2) / (2 * sigma * sigma)))
  const sum = kernel.reduce((one, other) => one + other)
  const pass = (from: Float64Array, step: number, length: number, position: (at: number) => number) => {
    const to = new Float64Array(from.length)
    for (let at = 0; at < from.length; at++) {
      const here = position(at)
      let value = 0
      for (let n = -reach; n <= reach; n++) {
        const clamped = here + n < 0 ? -here : here + n >= length ? length - 1 - here : n
        value += (from[at + clamped * step] ?? 0) * (kernel[n + reach] ?? 0)
      }
      to[at] = value / sum
    }
    return to
  }
  const across = pass(plane, 1, width, (at) => at % width)
  return pass(across, width, height, (at) => Math.floor(at / width))
}
