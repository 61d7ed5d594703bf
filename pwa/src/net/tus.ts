import type { HttpResponse } from 'tus-js-client'
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

/**
 * Sends what the server has not got yet. sent: it has all of it now, and what becomes of it is heard by asking again.
 * kept: it had all of it, and has looked at it. Throws CallError.
 */
export type Upload = (sending: Sending) => Promise<'sent' | 'kept'>

const ENDPOINT = '/api/uploads'
/** What came of a chunk that was cut is kept, so this only bounds what a proxy may hold back. */
const CHUNK_BYTES = 512 * 1024
/** A connection that says nothing for so long is given up: a phone that changed its network keeps dead ones. */
const SILENCE_MS = 45_000
/** The server has forgotten the upload: it is sent again. */
const ANEW = [404, 410]
/** Answers to HEAD have no body. */
const CODES: Record<number, string> = {
  401: 'unauthenticated',
  403: 'forbidden',
  412: 'unsupported_version',
  422: 'picture_refused',
  423: 'locked',
  503: 'unavailable',
}

/** Uploads by tus 1.0.0. */
export const tusUpload: Upload = async ({ device, photo_id, sha256, bytes, url, begun, progress, signal }) => {
  const { Upload, DetailedError } = await import('tus-js-client')
  let outcome: 'sent' | 'kept' = 'sent'
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
        if (status >= 300 && !begins) throw refusal(status, response)
        const offset = response.getHeader('Upload-Offset')
        if (!offset) return
        if (request.getMethod() === 'HEAD' && Number(offset) === bytes.byteLength) outcome = 'kept'
        progress(Number(offset))
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
  return outcome
}

function refusal(status: number, response: HttpResponse): CallError {
  const body = response.getBody()
  if (body) return refusedBy(status, parsed(body))
  const code = CODES[status]
  if (!response.getHeader('Tus-Resumable') || !code) return unreachable()
  const reason = response.getHeader('Upload-Refused')
  return new CallError({ kind: 'refused', status, code, message: '', fields: reason ? { reason } : {} })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
