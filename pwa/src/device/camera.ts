// The rear camera: one stream for a whole set (installed iOS apps ask again for each), stills at the best the phone gives.
import { settings } from './storage'

export type CameraTrouble = 'denied' | 'none' | 'busy' | 'unsupported'

export class CameraError extends Error {
  constructor(readonly kind: CameraTrouble) {
    super(`camera: ${kind}`)
  }
}

export interface Lens {
  id: string
  label: string
}

export interface Shot {
  bytes: ArrayBuffer
  /** photo: the phone's own still. frame: a frame of the video, where it gives no stills. */
  method: 'photo' | 'frame'
  lens: string
  zoom: number | null
}

/** Not in TypeScript's library yet. */
interface StillCapture {
  takePhoto(): Promise<Blob>
}
declare const ImageCapture: { new (track: MediaStreamTrack): StillCapture } | undefined

const PHOTO_MS = 5_000
const JPEG_QUALITY = 0.95
const LENS_KEY = 'lens'
const stills = () => typeof ImageCapture !== 'undefined'

export class Camera {
  private photoFails = false

  private constructor(
    readonly stream: MediaStream,
    private readonly track: MediaStreamTrack,
  ) {}

  /** `zoom`: the set's fixed factor, where the lens can be set to it. Raises CameraError. */
  static async open(zoom: number): Promise<Camera> {
    if (!navigator.mediaDevices?.getUserMedia) throw new CameraError('unsupported')
    const stream = await streamOf(chosenLens()).catch((error) => {
      throw new CameraError(troubleOf(error))
    })
    const [track] = stream.getVideoTracks()
    if (!track) throw new CameraError('none')
    const camera = new Camera(stream, track)
    await camera.setZoom(zoom)
    return camera
  }

  get live(): boolean {
    return this.track.readyState === 'live'
  }

  /** The person looks at themselves: the front lens distorts and mirrors. */
  get front(): boolean {
    return this.track.getSettings().facingMode === 'user'
  }

  get lens(): Lens {
    return { id: this.track.getSettings().deviceId ?? '', label: this.track.label }
  }

  lenses(): Promise<Lens[]> {
    return lensesHere()
  }

  /** `video` shows this camera's stream. */
  async shoot(video: HTMLVideoElement): Promise<Shot> {
    const photo = await this.photo()
    const bytes = photo ?? (await frameOf(video))
    const { zoom } = this.track.getSettings() as { zoom?: number }
    return { bytes, method: photo ? 'photo' : 'frame', lens: this.track.label, zoom: zoom ?? null }
  }

  close(): void {
    for (const track of this.stream.getTracks()) track.stop()
  }

  /** Null where the phone gives no still in time; it is not asked again then. */
  private async photo(): Promise<ArrayBuffer | null> {
    if (!ImageCapture || this.photoFails) return null
    let timer: ReturnType<typeof setTimeout> | undefined
    try {
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error('late')), PHOTO_MS)
      })
      const blob = await Promise.race([new ImageCapture(this.track).takePhoto(), late])
      return await blob.arrayBuffer()
    } catch {
      this.photoFails = true
      return null
    } finally {
      clearTimeout(timer)
    }
  }

  private async setZoom(factor: number): Promise<void> {
    const { zoom } = (this.track.getCapabilities?.() ?? {}) as { zoom?: { min: number; max: number } }
    if (!zoom) return
    const ideal = Math.min(zoom.max, Math.max(zoom.min, factor))
    await this.track.applyConstraints({ zoom: { ideal } } as MediaTrackConstraints).catch(() => undefined)
  }
}

/** Of the lens that was chosen, else of the rear camera; never of both, which contradict each other on some phones. */
async function streamOf(chosen: Lens | null): Promise<MediaStream> {
  // Where the phone takes stills by itself the video is only looked at; else it is the picture.
  const [width, height] = stills() ? [1920, 1440] : [4032, 3024]
  const size = { width: { ideal: width }, height: { ideal: height } }
  const ask = (video: MediaTrackConstraints) => navigator.mediaDevices.getUserMedia({ audio: false, video })
  // As an ideal a lens counts no more than a pixel too few.
  const of = (id: string) => ask({ ...size, deviceId: { exact: id } })
  const rear = () => ask({ ...size, facingMode: { ideal: 'environment' } })
  if (!chosen) return rear()
  const stream = await of(chosen.id).catch((error) => {
    if (troubleOf(error) === 'none') return rear()
    throw error
  })
  if (stream.getVideoTracks()[0]?.label === chosen.label) return stream
  // Safari gives the lenses other ids at every start; their names stay.
  const again = (await lensesHere()).find(({ label }) => label === chosen.label)
  if (!again) return stream
  for (const track of stream.getTracks()) track.stop()
  return of(again.id)
}

async function lensesHere(): Promise<Lens[]> {
  const devices = await navigator.mediaDevices.enumerateDevices()
  return devices
    .filter(({ kind, deviceId }) => kind === 'videoinput' && deviceId !== '')
    .map(({ deviceId, label }) => ({ id: deviceId, label }))
}

/** Chosen once, for every set on this phone. */
export function rememberLens(lens: Lens): void {
  settings.write(LENS_KEY, JSON.stringify(lens))
}

function chosenLens(): Lens | null {
  try {
    return JSON.parse(settings.read(LENS_KEY) ?? 'null') as Lens | null
  } catch {
    return null
  }
}

function troubleOf(error: unknown): CameraTrouble {
  const name = error instanceof DOMException ? error.name : ''
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied'
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'none'
  return 'busy'
}

async function frameOf(video: HTMLVideoElement): Promise<ArrayBuffer> {
  const canvas = document.createElement('canvas')
  canvas.width = video.videoWidth
  canvas.height = video.videoHeight
  canvas.getContext('2d')?.drawImage(video, 0, 0)
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', JPEG_QUALITY))
  // Phones with an open camera are short of memory.
  canvas.width = 0
  if (!blob) throw new CameraError('busy')
  return blob.arrayBuffer()
}
