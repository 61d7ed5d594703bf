"""What it costs a slow phone to seal an original and to write it, beside writing it plain.

The app's own vault, in the page: that is what the browser slows down. The cipher itself runs beside the page,
in threads that nothing slows.
"""

import subprocess
from pathlib import Path

from tests.bench.figures import Figure, percentile
from tests.rigs.browser import Phone

PWA = Path(__file__).parents[2] / "pwa"
BYTES = 3 * 1024 * 1024
TIMES = 20
SLOWER = 4

VAULT = """
import { build } from 'vite'
const lib = { entry: 'src/vault/indexed.ts', formats: ['iife'], name: 'vault' }
const [{ output }] = await build({ configFile: false, logLevel: 'silent', build: { write: false, lib } })
console.log(output[0].code)
"""

# Milliseconds until each of as many pictures was durable, sealed and plain in turn.
KEEP = """async ([bytes, times]) => {
  const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
  const opened = (name, key) => new vault.IndexedVault().open(`bench-${name}`, key)
  const stores = { sealed: await opened('sealed', key), plain: await opened('plain') }
  const picture = new Uint8Array(bytes)
  for (let n = 0; n < bytes; n += 65536) crypto.getRandomValues(picture.subarray(n, n + 65536))
  const took = { sealed: [], plain: [] }
  for (let n = 0; n < times; n++) {
    for (const how of ['sealed', 'plain']) {
      const value = picture.slice().buffer
      const start = performance.now()
      await stores[how].write([{ do: 'put', store: 'originals', key: `${n}`, value }])
      took[how].push(performance.now() - start)
    }
  }
  return took
}"""


def sealing_figure(phone: Phone) -> Figure:
    built = subprocess.run(
        ["node", "--input-type=module", "-e", VAULT], cwd=PWA, capture_output=True, text=True, check=True
    )
    phone.page.evaluate(f"() => {{ {built.stdout}; window.vault = vault }}")
    phone.slow(SLOWER)
    took = phone.page.evaluate(KEEP, [BYTES, TIMES])
    phone.slow(1)
    sealed, plain = (percentile(took[how], 0.5) for how in ("sealed", "plain"))
    return Figure(
        "an original of 3 MiB sealed and written, processor slowed 4 times", "Chromium", sealed, "ms", plain,
        f"median of {TIMES}, worst {max(took['sealed']):.0f} ms; beside writing it plain",
    )  # fmt: skip
