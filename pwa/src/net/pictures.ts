export interface Downloaded {
  bytes: ArrayBuffer
  type: string
}

/** The bytes of a picture; null when there is no answer, or not that of this server to this person. */
export type Download = (path: string) => Promise<Downloaded | null>

const TIMEOUT_MS = 60_000

/** Nothing of it goes into the browser's own cache, which no wipe of this app would reach. */
export const fetchPicture: Download = async (path) => {
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(), TIMEOUT_MS)
  try {
    const response = await fetch(path, { cache: 'no-store', credentials: 'same-origin', signal: controller.signal })
    const type = response.headers.get('Content-Type') ?? ''
    if (!response.ok || !type.startsWith('image/')) return null
    return { bytes: await response.arrayBuffer(), type }
  } catch {
    return null
  } finally {
    clearTimeout(timer)
  }
}
