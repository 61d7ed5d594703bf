/**
 * Who holds the key while a page is being loaded anew, and hands it to another tab: the service worker, in memory only
 * (sw/keeper.ts). It forgets it when the app is closed for half a minute, and then the person unlocks again.
 */
export interface Keeper {
  keep(person: string, key: CryptoKey): void
  take(person: string): Promise<CryptoKey | null>
  forget(): void
}

/** Longer than the service worker takes to start on a slow phone; where it does not answer, the person is asked. */
const ANSWER_MS = 5_000

export function browserKeeper(): Keeper {
  let held: { person: string; key: CryptoKey } | null = null
  const worker = () => navigator.serviceWorker?.controller
  const hand = () => {
    if (held) worker()?.postMessage({ type: 'KEY_KEEP', ...held })
  }
  // It may have been ended meanwhile: told again whenever this page may be about to go, and when it asks.
  addEventListener('pagehide', hand)
  // On a first visit the person may be in before the worker is.
  navigator.serviceWorker?.addEventListener('controllerchange', hand)
  navigator.serviceWorker?.addEventListener('message', ({ data }) => data?.type === 'KEY_WANTED' && hand())
  return {
    keep(person, key) {
      held = { person, key }
      hand()
    },
    take(person) {
      if (!worker()) return Promise.resolve(null)
      return new Promise((answered) => {
        const { port1, port2 } = new MessageChannel()
        const timer = setTimeout(() => answered(null), ANSWER_MS)
        port1.onmessage = ({ data }: MessageEvent<CryptoKey | null>) => {
          clearTimeout(timer)
          if (data) held = { person, key: data }
          answered(data)
        }
        worker()?.postMessage({ type: 'KEY_TAKE', person }, [port2])
      })
    },
    forget() {
      held = null
      worker()?.postMessage({ type: 'KEY_FORGET' })
    },
  }
}
