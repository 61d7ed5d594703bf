import { unreachable } from './errors'

export interface Request {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  path: string
  /** The device that calls, on everything that changes something. */
  device?: string
  /** JSON; a Blob goes as it is. */
  body?: unknown
  /** A success is a file, not JSON: the answer's body is a Blob. */
  file?: boolean
}

export interface Answer {
  status: number
  body: unknown
  /** The server's clock (ms) when it answered, if it said so. */
  date: number | null
}

/** Carries one request and its answer; throws CallError `unreachable` when there is none. */
export type Transport = (request: Request) => Promise<Answer>

const TIMEOUT_MS = 60_000
/** A file of many pictures, on the clinic's own network. */
const FILE_TIMEOUT_MS = 30 * 60_000
/** Below this, compressing costs more than it saves. */
const WORTH_COMPRESSING = 1024

/** The transport of the real app: fetch, with the session's cookie. */
export const fetchTransport: Transport = async ({ method, path, device, body, file }) => {
  const headers: Record<string, string> = { Accept: file ? '*/*' : 'application/json' }
  if (device) headers['X-Device'] = device
  let payload: BodyInit | undefined
  if (body instanceof Blob) {
    headers['Content-Type'] = 'application/octet-stream'
    payload = body
  } else if (body !== undefined) {
    headers['Content-Type'] = 'application/json'
    const text = JSON.stringify(body)
    if (text.length >= WORTH_COMPRESSING && 'CompressionStream' in globalThis) {
      headers['Content-Encoding'] = 'gzip'
      payload = await gzip(text)
    } else {
      payload = text
    }
  }
  // AbortSignal.timeout is missing in the oldest browsers we build for.
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(), body instanceof Blob ? FILE_TIMEOUT_MS : TIMEOUT_MS)
  try {
    const response = await fetch(path, {
      method,
      headers,
      ...(payload !== undefined && { body: payload }),
      cache: 'no-store',
      credentials: 'same-origin',
      signal: controller.signal,
    })
    const content = file && response.ok ? await response.blob() : parsed(await response.text())
    const date = Date.parse(response.headers.get('Date') ?? '')
    return { status: response.status, body: content, date: Number.isNaN(date) ? null : date }
  } catch {
    throw unreachable()
  } finally {
    clearTimeout(timer)
  }
}

function gzip(text: string): Promise<ArrayBuffer> {
  return new Response(new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer()
}

function parsed(text: string): unknown {
  try {
    return text ? JSON.parse(text) : null
  } catch {
    return undefined
  }
}
