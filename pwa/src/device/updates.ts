// A new version is looked for at every start and return (installed iOS apps do not look by themselves), waits in the
// background, and takes over only when the person says so.

const LOOK_EVERY_MS = 60 * 60 * 1000

let waiting: ServiceWorker | null = null

/** `onWaiting` is called when a new version is ready to take over. */
export async function watchForUpdates(onWaiting: () => void): Promise<void> {
  if (!('serviceWorker' in navigator) || !import.meta.env.PROD) return
  let registration: ServiceWorkerRegistration
  try {
    registration = await navigator.serviceWorker.register('/sw.js', { updateViaCache: 'none' })
  } catch {
    return // private window or storage refused: the app works online
  }
  const ready = (worker: ServiceWorker | null) => {
    // Without a controller this is the first installation, not an update.
    if (!worker || !navigator.serviceWorker.controller) return
    waiting = worker
    onWaiting()
  }
  ready(registration.waiting)
  registration.addEventListener('updatefound', () => {
    const worker = registration.installing
    worker?.addEventListener('statechange', () => {
      if (worker.state === 'installed') ready(worker)
    })
  })
  const look = () => {
    if (document.visibilityState === 'visible') void registration.update().catch(() => undefined)
  }
  document.addEventListener('visibilitychange', look)
  setInterval(look, LOOK_EVERY_MS)
  // Tells the worker which build this page runs, so that it can let older ones go.
  void navigator.serviceWorker.ready.then(({ active }) =>
    active?.postMessage({ type: 'LOADED', entry: import.meta.url }),
  )
}

/** Lets the waiting version take over and loads it. */
export function takeUpdate(): void {
  if (!waiting) return
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true })
  waiting.postMessage({ type: 'SKIP_WAITING' })
}
