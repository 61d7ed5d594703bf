import type { Pixels } from '../domain/quality/measure'

/** Reads the part `x, y, w, h` of a picture at `width` x `height`; in a worker or, where there is no other way, outside. */
export function pixelsOf(
  source: CanvasImageSource,
  [x, y, w, h]: [number, number, number, number],
  width: number,
  height: number,
): Pixels {
  const canvas =
    typeof OffscreenCanvas === 'undefined' ? document.createElement('canvas') : new OffscreenCanvas(width, height)
  canvas.width = width
  canvas.height = height
  const context = canvas.getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D | null
  if (!context) throw new Error('no canvas')
  context.drawImage(source, x, y, w, h, 0, 0, width, height)
  const { data } = context.getImageData(0, 0, width, height)
  canvas.width = 0
  return { data, width, height }
}

/** The middle of the video that a viewfinder of width:height `share` shows, and its size when it is `px` wide. */
export function middleOf({ videoWidth: w, videoHeight: h }: HTMLVideoElement, share: number, px: number) {
  const width = Math.min(w, Math.round(h * share))
  const height = Math.min(h, Math.round(w / share))
  const small = Math.min(px, width)
  const cut: [number, number, number, number] = [(w - width) / 2, (h - height) / 2, width, height]
  return { cut, width: small, height: Math.round((small * height) / width) }
}

/** Previews and stills are measured at this width; enough for light, and ten times a second on a slow phone. */
export const PREVIEW_PX = 360
/** Focus of a still is judged on its middle, at this length of its longer side: what a comparison shows. */
const FOCUS_LONG_PX = 1600
const FOCUS_CUT_PX = 640

/** A still, small as a whole and its middle in detail. */
export function stillOf(still: ImageBitmap): { whole: Pixels; detail: Pixels } {
  const { width, height } = still
  const scale = Math.min(1, FOCUS_LONG_PX / Math.max(width, height))
  const cutWidth = Math.min(FOCUS_CUT_PX, Math.floor(width * scale))
  const cutHeight = Math.min(FOCUS_CUT_PX, Math.floor(height * scale))
  const [w, h] = [cutWidth / scale, cutHeight / scale]
  const small = Math.min(PREVIEW_PX, width)
  return {
    whole: pixelsOf(still, [0, 0, width, height], small, Math.round((small * height) / width)),
    detail: pixelsOf(still, [(width - w) / 2, (height - h) / 2, w, h], cutWidth, cutHeight),
  }
}
