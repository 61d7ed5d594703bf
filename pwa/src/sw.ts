/// <reference lib="webworker" />
// The service worker keeps the shell: every built file is precached, so any deep link opens offline and cold.
// It answers nothing under /api: sync, sign-in and streams always go to the network themselves.
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from 'workbox-precaching'
import { NavigationRoute, registerRoute } from 'workbox-routing'

declare const self: ServiceWorkerGlobalScope

cleanupOutdatedCaches()
precacheAndRoute(self.__WB_MANIFEST)
registerRoute(new NavigationRoute(createHandlerBoundToURL('/index.html'), { denylist: [/^\/api\//] }))

// A new version waits until the person accepts it (or every tab is closed). Only then does this worker
// take over and drop the old hashed chunks; until the reload the old worker goes on serving them.
self.addEventListener('message', (event) => {
  if ((event.data as { type?: string } | null)?.type === 'SKIP_WAITING') void self.skipWaiting()
})
