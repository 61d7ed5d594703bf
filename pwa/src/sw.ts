/// <reference lib="webworker" />
// The service worker keeps the shell: every built file is precached, so any deep link opens offline and cold.
// Pushes are shown in sw/notices.ts. It answers nothing under /api: sync, sign-in and streams always go to the network themselves.
import { cacheNames } from 'workbox-core'
import { PrecacheController, PrecacheRoute } from 'workbox-precaching'
import { NavigationRoute, registerRoute } from 'workbox-routing'
import { answerKeyHolders } from './sw/keeper'
import { answerPushes } from './sw/notices'

declare const self: ServiceWorkerGlobalScope

const shell = new PrecacheController()
shell.addToCacheList(self.__WB_MANIFEST)

self.addEventListener('install', (event) => {
  event.waitUntil(shell.install(event))
})

self.addEventListener('activate', (event) => {
  event.waitUntil(self.clients.claim())
})

registerRoute(new PrecacheRoute(shell))
registerRoute(new NavigationRoute(shell.createHandlerBoundToURL('/index.html'), { denylist: [/^\/api\//] }))

// A page of the version before, still open in another tab, may yet ask for one of its chunks. What a person has asked
// for (device/head.ts) lies in a cache of its own.
registerRoute(
  ({ url }) => url.origin === self.location.origin && url.pathname.startsWith('/assets/'),
  async ({ request }) => (await caches.match(request)) ?? fetch(request),
)

answerPushes()
answerKeyHolders()

self.addEventListener('message', (event) => {
  const message = event.data as { type?: string; entry?: string } | null
  // A new version waits until the person accepts it.
  if (message?.type === 'SKIP_WAITING') void self.skipWaiting()
  if (message?.type === 'LOADED') event.waitUntil(letOldBuildsGo(message.entry ?? ''))
})

/** Drops the files of older builds once the only open page runs this one. */
async function letOldBuildsGo(entry: string): Promise<void> {
  const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  if (pages.length > 1 || !shell.getCacheKeyForURL(new URL(entry, self.location.href).pathname)) return
  const cache = await caches.open(cacheNames.precache)
  const kept = new Set(shell.getURLsToCacheKeys().values())
  for (const request of await cache.keys()) if (!kept.has(request.url)) await cache.delete(request)
}
