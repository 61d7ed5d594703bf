import { CallError, refusedBy, unreachable } from './errors'

/** One original on its way to the clinic. */
export interface Sending {
  device: string
  photo_id: string
  sha256: string
  bytes: ArrayBuffer
  /** Where an earlier try has begun. */
  url: string | null
  /** The server takes it there: to be remembered, so that it goes on after a reload. */
  begun(url: string): void
  /** So many bytes are with the server. */
  progress(bytes: number): void
  signal: AbortSignal
}

/** Sends what the server has not got yet; resolves when it has all of it. Throws CallError. */
export type Upload = (sending: Sending) => Promise<void>

const ENDPOINT = '/api/uploads'
/** What came of a chunk that was cut is kept, so this only bounds what a proxy may hold back. */
const CHUNK_BYTES = 512 * 1024
/** A connection that says nothing for so long is given up: a phone that changed its network keeps dead ones. */
const SILENCE_MS = 45_000
/** The server has forgotten the upload, or refuses it without room to say why: sent again, it will. */
const ANEW = [404, 410, 422]
/** Answers to HEAD have no body. */
const CODES: Record<number, string> = {
  401: 'unauthenticated',
  403: 'forbidden',
  412: 'unsupported_version',
  423: 'locked',
  503: 'unavailable',
}

/** Uploads by tus 1.0.0. */
export const tusUpload: Upload = async ({ device, photo_id, sha256, bytes, url, begun, progress, signal }) => {
  const { Upload, DetailedError } = await import('tus-js-client')
  await new Promise<void>((done, failed) => {
    let timer: ReturnType<typeof setTimeout>
    const upload = new Upload(new Blob([bytes]), {
      endpoint: ENDPOINT,
      ...(url && { uploadUrl: url }),
      metadata: { photo_id, sha256 },
      headers: { 'X-Device': device },
      chunkSize: CHUNK_BYTES,
      // When to try again is decided where the rest of sync is, and where to go on is kept with the bytes.
      retryDelays: null,
      storeFingerprintForResuming: false,
      onUploadUrlAvailable: () => begun(new URL(upload.url ?? '', location.href).pathname),
      onProgress: () => listen(),
      onAfterResponse(request, response) {
        listen()
        const status = response.getStatus()
        const begins = request.getMethod() === 'HEAD' && ANEW.includes(status)
        if (status >= 300 && !begins) throw refusal(status, response.getBody(), response.getHeader('Tus-Resumable'))
        const offset = response.getHeader('Upload-Offset')
        if (offset) progress(Number(offset))
      },
      onSuccess: () => end(done),
      onError(error) {
        const cause = error instanceof DetailedError ? error.causingError : null
        end(() => failed(cause instanceof CallError ? cause : unreachable()))
      },
    })
    const end = (say: () => void) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
      say()
    }
    const stop = () => {
      void upload.abort().catch(() => {})
      end(() => failed(unreachable()))
    }
    const listen = () => {
      clearTimeout(timer)
      timer = setTimeout(stop, SILENCE_MS)
    }
    signal.addEventListener('abort', stop)
    listen()
    if (signal.aborted) stop()
    else upload.start()
  })
}

function refusal(status: number, body: string, tus: string | undefined): CallError {
  if (body) return refusedBy(status, parsed(body))
  const code = CODES[status]
  if (!tus || !code) return unreachable()
  return new CallError({ kind: 'refused', status, code, message: '', fields: {} })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
