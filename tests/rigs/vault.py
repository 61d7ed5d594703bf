"""What a phone keeps, read from the browser's databases past the app: unsealed while the app is unlocked."""

import json
from typing import Any

from playwright.sync_api import Page

_ENTRIES = """async (wanted) => {
  const entries = []
  const worker = navigator.serviceWorker?.controller
  const keyOf = (person) => new Promise((done) => {
    if (!worker) return done(null)
    const {port1, port2} = new MessageChannel()
    port1.onmessage = ({data}) => done(data)
    worker.postMessage({type: 'KEY_TAKE', person}, [port2])
  })
  const read = async (store, at, value, key) => {
    if (!(value instanceof Uint8Array)) return value
    if (!key) return String.fromCharCode(...value)
    const additionalData = new TextEncoder().encode(store === 'outbox' ? store : `${store}/${at}`)
    const how = {name: 'AES-GCM', iv: value.subarray(1, 13), additionalData}
    const plain = await crypto.subtle.decrypt(how, key, value.subarray(13))
    return ['originals', 'renditions'].includes(store) ? {} : JSON.parse(new TextDecoder().decode(plain))
  }
  for (const {name} of await indexedDB.databases()) {
    const key = name.startsWith('meidang:') ? await keyOf(name.slice(8)) : null
    const database = await new Promise((done) => {
      const request = indexedDB.open(name)
      request.onsuccess = () => done(request.result)
    })
    for (const store of database.objectStoreNames) {
      if (wanted && store !== wanted) continue
      const cursor = database.transaction(store).objectStore(store).openCursor()
      await new Promise((done) => {
        cursor.onsuccess = () => {
          if (!cursor.result) return done()
          entries.push([store, cursor.result.key, cursor.result.value, key])
          cursor.result.continue()
        }
      })
    }
    database.close()
  }
  const opened = entries.map(async ([store, at, value, key]) => [at, await read(store, at, value, key)])
  return JSON.stringify(await Promise.all(opened))
}"""


def kept(page: Page, store: str | None = None) -> list[tuple[Any, Any]]:
    """(key, value) of every entry, or of those in stores of this name; bytes come out empty."""
    return [(key, value) for key, value in json.loads(page.evaluate(_ENTRIES, store))]
