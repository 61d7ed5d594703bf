const AGAIN_MS = 60_000

/**
 * Listens for pokes ("something changed, pull"); returns how to stop. The stream is a convenience: where the server
 * has no place for it (503) or the browser no EventSource, polling suffices alone.
 */
export function listen(poked: (version: number) => void): () => void {
  if (!('EventSource' in globalThis)) return () => {}
  let source: EventSource
  let timer: ReturnType<typeof setTimeout> | undefined
  const open = () => {
    source = new EventSource('/api/sync/stream')
    source.addEventListener('poke', (event) => poked(versionIn((event as MessageEvent<string>).data)))
    // A broken connection is taken up again by the browser; after any answer but 200 it gives up.
    source.addEventListener('error', () => {
      if (source.readyState === EventSource.CLOSED) timer = setTimeout(open, AGAIN_MS)
    })
  }
  open()
  return () => {
    clearTimeout(timer)
    source.close()
  }
}

function versionIn(data: string): number {
  try {
    return Number((JSON.parse(data) as { version: number }).version)
  } catch {
    return Number.POSITIVE_INFINITY
  }
}
