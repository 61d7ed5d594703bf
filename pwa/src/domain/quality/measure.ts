// What a picture's pixels say about focus and light; pure, for previews and stills alike.

/** RGBA, row by row. */
export interface Pixels {
  data: Uint8ClampedArray
  width: number
  height: number
}

export interface Measures {
  /** 0 (nothing but haze) to 1; see `sharpnessOf`. */
  sharpness: number
  /** Mean luma of the subject, 0 to 255. */
  brightness: number
  /** Share of the subject that is burnt out. */
  burnt: number
  /** Left half of the subject against the right half, in stops; positive: the left is brighter. */
  balance: number
  /** Cast of the backdrop beside the subject, in stops: red and blue against green. */
  red: number
  blue: number
}

const BURNT = 250
const DARK = 6

/** sRGB to linear light, 0 to 1. */
const LINEAR = Float32Array.from({ length: 256 }, (_, value) => {
  const part = value / 255
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
})
const linear = (value: number): number => LINEAR[value] ?? 0

/** Luma (BT.601) of every pixel. */
export function lumaOf({ data, width, height }: Pixels): Uint8ClampedArray {
  const luma = new Uint8ClampedArray(width * height)
  for (let at = 0, from = 0; at < luma.length; at++, from += 4)
    luma[at] = ((data[from] ?? 0) * 77 + (data[from + 1] ?? 0) * 150 + (data[from + 2] ?? 0) * 29) >> 8
  return luma
}

const TAPS = 9
const HALF = (TAPS - 1) / 2
/** Smaller changes from pixel to pixel are the sensor's noise. */
const NOISE = 5

/** Binomial 3 x 3: takes most of the noise, little of an edge. */
function smooth(luma: Uint8ClampedArray, width: number, height: number): Uint8ClampedArray {
  const rows = new Uint16Array(luma.length)
  for (let at = 1; at < luma.length - 1; at++)
    rows[at] = (luma[at - 1] ?? 0) + 2 * (luma[at] ?? 0) + (luma[at + 1] ?? 0)
  const smoothed = new Uint8ClampedArray(luma.length)
  for (let at = width; at < width * (height - 1); at++)
    smoothed[at] = ((rows[at - width] ?? 0) + 2 * (rows[at] ?? 0) + (rows[at + width] ?? 0)) >> 4
  return smoothed
}

/** How much of the edges along one direction another blur takes away: much, where there was focus. */
function lossAlong(luma: Uint8ClampedArray, lines: number, length: number, line: number, step: number): number {
  let edges = 0
  let lost = 0
  for (let n = 2; n < lines - 2; n++) {
    const start = n * line
    let sum = 0
    for (let at = 2; at < TAPS + 2; at++) sum += luma[start + at * step] ?? 0
    let value = luma[start + (HALF + 2) * step] ?? 0
    let blurred = sum / TAPS
    for (let at = HALF + 3; at < length - HALF - 2; at++) {
      sum += (luma[start + (at + HALF) * step] ?? 0) - (luma[start + (at - HALF - 1) * step] ?? 0)
      const nextValue = luma[start + at * step] ?? 0
      const nextBlurred = sum / TAPS
      const change = Math.abs(nextValue - value)
      if (change > NOISE) {
        edges += change
        lost += Math.max(0, change - Math.abs(nextBlurred - blurred))
      }
      value = nextValue
      blurred = nextBlurred
    }
  }
  return edges === 0 ? 0 : lost / edges
}

/**
 * The share of its edges that a picture loses when it is blurred again, in the direction where that is less (a shaken
 * hand blurs one). Hardly depends on what is in the picture. After Crété-Roffet et al., The Blur Effect, 2007, but for
 * edges only: noise looks like focus.
 */
export function sharpnessOf(luma: Uint8ClampedArray, width: number, height: number): number {
  if (width < 3 * TAPS || height < 3 * TAPS) return 0
  const calm = smooth(luma, width, height)
  return Math.min(lossAlong(calm, height, width, width, 1), lossAlong(calm, width, height, 1, width))
}

export interface Light {
  brightness: number
  burnt: number
  balance: number
  red: number
  blue: number
}

/** Of the middle of the picture, where the subject is, and of both edges, where the backdrop is. */
export function lightOf({ data, width, height }: Pixels): Light {
  const [left, right] = [Math.round(width * 0.22), Math.round(width * 0.78)]
  const [top, bottom] = [Math.round(height * 0.15), Math.round(height * 0.85)]
  const edge = Math.round(width * 0.12)
  const middle = width / 2
  let [luma, burnt, count] = [0, 0, 0]
  const sides = [0, 0]
  const backdrop = [0, 0, 0]
  for (let y = 0; y < bottom; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 4
      const [r, g, b] = [data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0]
      if (x < edge || x >= width - edge) {
        const brightest = Math.max(r, g, b)
        if (brightest >= BURNT || brightest <= DARK || y >= height * 0.6) continue
        backdrop[0] = (backdrop[0] ?? 0) + linear(r)
        backdrop[1] = (backdrop[1] ?? 0) + linear(g)
        backdrop[2] = (backdrop[2] ?? 0) + linear(b)
      } else if (y >= top && x >= left && x < right) {
        const value = (r * 77 + g * 150 + b * 29) >> 8
        luma += value
        if (value >= BURNT) burnt++
        const side = x < middle ? 0 : 1
        sides[side] = (sides[side] ?? 0) + linear(value)
        count++
      }
    }
  }
  return {
    brightness: luma / Math.max(1, count),
    burnt: burnt / Math.max(1, count),
    balance: stops(sides[0], sides[1]),
    red: stops(backdrop[0], backdrop[1]),
    blue: stops(backdrop[2], backdrop[1]),
  }
}

/** How many times twice as much; 0 where one of them is nothing. */
const stops = (one = 0, other = 0): number => (one > 0 && other > 0 ? Math.log2(one / other) : 0)

/** `whole`: the picture made small. `detail`: a cut from its middle at full size, where there is one. */
export function measure(whole: Pixels, detail: Pixels = whole): Measures {
  return { sharpness: sharpnessOf(lumaOf(detail), detail.width, detail.height), ...lightOf(whole) }
}

/** Mean change of luma from one frame to the next, 0 to 255; sizes must agree. */
export function motionBetween(before: Uint8ClampedArray, after: Uint8ClampedArray): number {
  if (before.length !== after.length || after.length === 0) return 255
  let sum = 0
  let count = 0
  // A prime step: not the same columns in every row.
  for (let at = 0; at < after.length; at += 7) {
    sum += Math.abs((after[at] ?? 0) - (before[at] ?? 0))
    count++
  }
  return sum / count
}
