/** Pictures are made smaller one after the other: a large one takes 50 MB while it is drawn. */
let turn: Promise<unknown> = Promise.resolve()

/** A JPEG of at most so many pixels a side, upright; null when this browser cannot read the picture. */
export type Shrink = (picture: Blob, longestPx: number) => Promise<ArrayBuffer | null>

export const shrink: Shrink = (picture, longestPx) => {
  const made = turn.then(() => drawn(picture, longestPx)).catch(() => null)
  turn = made
  return made
}

async function drawn(picture: Blob, longestPx: number): Promise<ArrayBuffer | null> {
  const bitmap = await createImageBitmap(picture)
  try {
    const scale = Math.min(1, longestPx / Math.max(bitmap.width, bitmap.height))
    // Not OffscreenCanvas: it is missing in the oldest Safari we build for.
    const canvas = document.createElement('canvas')
    canvas.width = Math.max(1, Math.round(bitmap.width * scale))
    canvas.height = Math.max(1, Math.round(bitmap.height * scale))
    const pen = canvas.getContext('2d')
    if (!pen) return null
    pen.imageSmoothingQuality = 'high'
    pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height)
    const jpeg = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', 0.85))
    canvas.width = 0
    return jpeg && (await jpeg.arrayBuffer())
  } finally {
    bitmap.close()
  }
}
