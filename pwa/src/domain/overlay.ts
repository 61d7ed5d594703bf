// Laying one picture over another, and looking closer at both in step. Pure geometry.
//
// Pictures are moved, turned and made larger or smaller as a whole; never warped. Points are fractions of the upright
// picture: 0, 0 its top left, 1, 1 its bottom right corner. A picture is shown whole in the middle of its frame.
export interface Point {
  x: number
  y: number
}

export interface Size {
  width: number
  height: number
}

/**
 * What moves a picture onto another: scale and rotation (degrees, counter-clockwise) about the middle of the frame, then
 * a shift in fractions of the picture's shown width. As in the comparison sheets of the server.
 */
export interface Alignment {
  scale: number
  rotation: number
  shift: [number, number]
}

/** The same two spots on a picture, marked by a person. */
export type Marks = readonly [Point, Point]

/** A look at a picture: how many times larger than whole, and which point of the frame (fractions) is in its middle. */
export interface Look {
  zoom: number
  x: number
  y: number
}

export const UNMOVED: Alignment = { scale: 1, rotation: 0, shift: [0, 0] }
export const WHOLE: Look = { zoom: 1, x: 0.5, y: 0.5 }
export const CLOSEST = 6

/** Closer than this, two marks say nothing of scale and rotation. Fractions of the picture's width. */
const TOO_NEAR = 0.03

/** How large `picture` is when it is shown whole in `frame`. */
export function shown(picture: Size, frame: Size): Size {
  const fit = Math.min(frame.width / picture.width, frame.height / picture.height)
  return { width: picture.width * fit, height: picture.height * fit }
}

/**
 * The alignment that brings the marks of one picture onto the marks of another, both shown whole in `frame`. Null where
 * the marks are too near to each other to tell.
 */
export function align(marks: Marks, picture: Size, onto: Marks, other: Size, frame: Size): Alignment | null {
  const [size, wanted] = [shown(picture, frame), shown(other, frame)]
  const [from, to] = [marks.map((mark) => centred(mark, size)), onto.map((mark) => centred(mark, wanted))]
  const [a, b, p, q] = [from[0], from[1], to[0], to[1]] as [Point, Point, Point, Point]
  const [before, after] = [
    { x: b.x - a.x, y: b.y - a.y },
    { x: q.x - p.x, y: q.y - p.y },
  ]
  const [length, wantedLength] = [Math.hypot(before.x, before.y), Math.hypot(after.x, after.y)]
  if (length < TOO_NEAR * size.width || wantedLength < TOO_NEAR * wanted.width) return null
  const scale = wantedLength / length
  // y grows downwards, so what turns counter-clockwise on the screen has a negative angle.
  const turned = Math.atan2(after.y, after.x) - Math.atan2(before.y, before.x)
  const rotation = (-turned * 180) / Math.PI
  const moved = turn({ x: a.x * scale, y: a.y * scale }, rotation)
  return {
    scale,
    rotation: between(rotation),
    shift: [(p.x - moved.x) / size.width, (p.y - moved.y) / size.width],
  }
}

/** Where a point of a picture comes to lie, in px from the middle of the frame. */
export function placed(point: Point, { scale, rotation, shift }: Alignment, picture: Size, frame: Size): Point {
  const size = shown(picture, frame)
  const at = centred(point, size)
  const moved = turn({ x: at.x * scale, y: at.y * scale }, rotation)
  return { x: moved.x + shift[0] * size.width, y: moved.y + shift[1] * size.width }
}

/** For an element that shows the picture whole, `width` px wide, in the middle of its frame. */
export function cssTransform({ scale, rotation, shift }: Alignment, width: number): string {
  return `translate(${shift[0] * width}px, ${shift[1] * width}px) rotate(${-rotation}deg) scale(${scale})`
}

/** Zooms by `factor` so that the point of the frame under the fingers (fractions) stays under them. */
export function zoomed(look: Look, factor: number, under: Point = { x: 0.5, y: 0.5 }): Look {
  const zoom = clamp(look.zoom * factor, 1, CLOSEST)
  const point = { x: look.x + (under.x - 0.5) / look.zoom, y: look.y + (under.y - 0.5) / look.zoom }
  return within({ zoom, x: point.x - (under.x - 0.5) / zoom, y: point.y - (under.y - 0.5) / zoom })
}

/** Moves with the fingers by fractions of the frame. */
export function panned(look: Look, dx: number, dy: number): Look {
  return within({ ...look, x: look.x - dx / look.zoom, y: look.y - dy / look.zoom })
}

/** For the layer that holds the pictures of a frame. */
export function lookTransform({ zoom, x, y }: Look): string {
  return `scale(${zoom}) translate(${(0.5 - x) * 100}%, ${(0.5 - y) * 100}%)`
}

/** The point of the picture (fractions) that is seen at a point of the frame (fractions); may lie outside of it. */
export function touched(at: Point, look: Look, alignment: Alignment, picture: Size, frame: Size): Point {
  const size = shown(picture, frame)
  const x = (look.x - 0.5 + (at.x - 0.5) / look.zoom) * frame.width - alignment.shift[0] * size.width
  const y = (look.y - 0.5 + (at.y - 0.5) / look.zoom) * frame.height - alignment.shift[1] * size.width
  const back = turn({ x, y }, -alignment.rotation)
  return {
    x: back.x / alignment.scale / size.width + 0.5,
    y: back.y / alignment.scale / size.height + 0.5,
  }
}

/** The cell (px) that the server's comparison sheet has for a picture in a row of so many: see photos/sheets.py. */
export function cellOfSheet(columns: number): Size {
  return { width: Math.floor((2179 - (columns - 1) * 30) / columns), height: 1194 }
}

/** Nothing beyond the frame's edges comes into view. */
function within({ zoom, x, y }: Look): Look {
  const half = 0.5 / zoom
  return { zoom, x: clamp(x, half, 1 - half), y: clamp(y, half, 1 - half) }
}

const centred = ({ x, y }: Point, { width, height }: Size): Point => ({ x: (x - 0.5) * width, y: (y - 0.5) * height })

/** By degrees, counter-clockwise on a screen. */
function turn({ x, y }: Point, degrees: number): Point {
  const angle = (-degrees * Math.PI) / 180
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
  return { x: x * cos - y * sin, y: x * sin + y * cos }
}

const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value))

/** The same angle between -180 and 180. */
function between(degrees: number): number {
  const rest = (((degrees + 180) % 360) + 360) % 360
  return rest - 180
}
