"""What a phone keeps, read from the browser's databases past the app: unsealed while the app is unlocked."""

import json
from typing import Any

from playwright.sync_api import Page

# The person's key, as the service worker holds it for pages that are loaded anew, and how it is used.
_KEY = """
  const worker = navigator.serviceWorker?.controller
  const keyOf = (person) => new Promise((done) => {
    if (!worker) return done(null)
    const {port1, port2} = new MessageChannel()
    port1.onmessage = ({data}) => done(data)
    worker.postMessage({type: 'KEY_TAKE', person}, [port2])
  })
  const opened = (name) => new Promise((done) => {
    const request = indexedDB.open(name)
    request.onsuccess = () => done(request.result)
  })
  const isPicture = (store) => ['originals', 'renditions'].includes(store)
  const unsealed = async (store, at, value, key) => {
    if (!(value instanceof Uint8Array)) return value
    if (!key) return String.fromCharCode(...value)
    const additionalData = new TextEncoder().encode(store === 'outbox' ? store : `${store}/${at}`)
    const how = {name: 'AES-GCM', iv: value.subarray(1, 13), additionalData}
    const plain = await crypto.subtle.decrypt(how, key, value.subarray(13))
    return isPicture(store) ? plain : JSON.parse(new TextDecoder().decode(plain))
  }
  const entriesOf = async (database, store) => {
    const entries = []
    const cursor = database.transaction(store).objectStore(store).openCursor()
    await new Promise((done) => {
      cursor.onsuccess = () => {
        if (!cursor.result) return done()
        entries.push([cursor.result.key, cursor.result.value])
        cursor.result.continue()
      }
    })
    return entries
  }
"""

_ENTRIES = f"""async (wanted) => {{
  {_KEY}
  const found = []
  for (const {{name}} of await indexedDB.databases()) {{
    const key = name.startsWith('meidang:') ? await keyOf(name.slice(8)) : null
    const database = await opened(name)
    for (const store of database.objectStoreNames) {{
      if (wanted && store !== wanted) continue
      for (const [at, value] of await entriesOf(database, store))
        found.push([at, await unsealed(store, at, value, key)])
    }}
    database.close()
  }}
  return JSON.stringify(found)
}}"""

_LAY_OPEN = f"""async () => {{
  {_KEY}
  for (const {{name}} of await indexedDB.databases()) {{
    if (!name.startsWith('meidang:')) continue
    const key = await keyOf(name.slice(8))
    const database = await opened(name)
    const entries = await entriesOf(database, 'documents')
    const plain = await Promise.all(entries.map(([at, value]) => unsealed('documents', at, value, key)))
    const transaction = database.transaction('documents', 'readwrite')
    entries.forEach(([at], index) => transaction.objectStore('documents').put(plain[index], at))
    await new Promise((done) => {{ transaction.oncomplete = done }})
    database.close()
  }}
}}"""


def kept(page: Page, store: str | None = None) -> list[tuple[Any, Any]]:
    """(key, value) of every entry, or of those in stores of this name; bytes come out empty."""
    return [(key, value) for key, value in json.loads(page.evaluate(_ENTRIES, store))]


def lay_open(page: Page) -> None:
    """Keeps the documents of an unlocked phone without a seal, as a version of the app before sealing did."""
    page.evaluate(_LAY_OPEN)
