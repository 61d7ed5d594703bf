"""What a phone keeps, read from the browser's databases past the app."""

import json
from typing import Any

from playwright.sync_api import Page

_ENTRIES = """async (wanted) => {
  const entries = []
  for (const {name} of await indexedDB.databases()) {
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
          entries.push([cursor.result.key, cursor.result.value])
          cursor.result.continue()
        }
      })
    }
    database.close()
  }
  return JSON.stringify(entries)
}"""


def kept(page: Page, store: str | None = None) -> list[tuple[Any, Any]]:
    """(key, value) of every entry, or of those in stores of this name; bytes come out empty."""
    return [(key, value) for key, value in json.loads(page.evaluate(_ENTRIES, store))]
