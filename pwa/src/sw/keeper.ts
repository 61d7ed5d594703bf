// The data key of the person whose app is open, for a page that is being loaded anew and for further tabs. In memory
// only: what is not asked for is gone with this worker, which the browser ends soon after the last page.

declare const self: ServiceWorkerGlobalScope

interface Held {
  person: string
  key: CryptoKey
}

/** The page that goes says what it held while the one that comes is already asking. */
const WAIT_MS = 300

let held: Held | null = null
let told: () => void = () => {}

export function answerKeyHolders(): void {
  self.addEventListener('message', (event) => {
    const message = event.data as ({ type?: string } & Partial<Held>) | null
    if (message?.type === 'KEY_KEEP' && message.person && message.key) {
      held = { person: message.person, key: message.key }
      told()
    }
    if (message?.type === 'KEY_FORGET') held = null
    if (message?.type === 'KEY_TAKE') event.waitUntil(give(message.person ?? '', event.ports[0]))
  })
}

async function give(person: string, to: MessagePort | undefined): Promise<void> {
  if (held?.person !== person) {
    const waited = new Promise<void>((done) => {
      told = done
      setTimeout(done, WAIT_MS)
    })
    for (const page of await self.clients.matchAll({ type: 'window' })) page.postMessage({ type: 'KEY_WANTED' })
    await waited
  }
  to?.postMessage(held?.person === person ? held.key : null)
}
