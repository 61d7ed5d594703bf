import { lumaOf, type Pixels } from './measure'

/** Below this a change is texture or noise; from FULL on a line is opaque. */
const FAINT = 40
const FULL = 220

/** The contours of a picture (Sobel) as light lines on nothing, to be laid over another. */
export function edgesOf(picture: Pixels): Pixels {
  const { width, height } = picture
  const luma = lumaOf(picture)
  const data = new Uint8ClampedArray(width * height * 4)
  const at = (x: number, y: number) => luma[y * width + x] ?? 0
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const [nw, n, ne] = [at(x - 1, y - 1), at(x, y - 1), at(x + 1, y - 1)]
      const [w, e] = [at(x - 1, y), at(x + 1, y)]
      const [sw, s, se] = [at(x - 1, y + 1), at(x, y + 1), at(x + 1, y + 1)]
      const strength = Math.hypot(ne + 2 * e + se - nw - 2 * w - sw, sw + 2 * s + se - nw - 2 * n - ne)
      if (strength <= FAINT) continue
      const to = (y * width + x) * 4
      data[to] = 124
      data[to + 1] = 243
      data[to + 2] = 232
      data[to + 3] = (255 * (strength - FAINT)) / (FULL - FAINT)
    }
  }
  return { data, width, height }
}
