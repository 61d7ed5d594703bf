"""The face finder on drawn heads at known angles: how far the angle that the app reads is off.

The drawings are of the finder's own canonical face, in perspective: a lower bound of the error on people.
"""

import base64
import io
import json
import statistics
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Playwright

from tests.bench.figures import Figure, percentile
from tests.rigs.browser import Phone
from tests.rigs.face import face

PWA = Path(__file__).parents[2] / "pwa"
FLAGS = ("--enable-unsafe-swiftshader",)
YAWS = range(-60, 61, 5)
BANDS = (("0 to 10", 0, 10), ("15 to 35", 15, 35), ("40 to 50", 40, 50), ("55 to 60", 55, 60))

# The app's own fit, as one script.
FIT = """
import { readFileSync } from 'node:fs'
import ts from 'typescript'
const options = { compilerOptions: { target: 'ES2022', module: 'ESNext' } }
for (const file of ['src/domain/generated/canonical-face.ts', 'src/domain/head/angle.ts']) {
  const { outputText } = ts.transpileModule(readFileSync(file, 'utf8'), options)
  console.log(outputText.replace(/^import .*$/gm, '').replace(/^export /gm, ''))
}
console.log('window.headOf = headOf')
"""

ASK = """async ({ worker, picture }) => {
  window.finder ??= new Worker(worker)
  const bytes = Uint8Array.from(atob(picture), (letter) => letter.charCodeAt(0))
  const frame = await createImageBitmap(new Blob([bytes]))
  const { width, height } = frame
  const start = performance.now()
  const { landmarks, fault } = await new Promise((done) => {
    window.finder.onmessage = ({ data }) => done(data)
    window.finder.postMessage(frame, [frame])
  })
  if (fault) throw new Error(fault)
  return { took: performance.now() - start, head: landmarks && window.headOf(landmarks, width, height) }
}"""


def head_figures(playwright: Playwright, url: str, profile: Path) -> Iterator[Figure]:
    """For a browser at the app's address."""
    fit = subprocess.run(
        ["node", "--input-type=module", "-e", FIT], cwd=PWA, capture_output=True, text=True, check=True
    ).stdout
    phone = Phone(playwright, profile, url, flags=FLAGS)
    (folder,) = (PWA / "dist/assets/head").iterdir()
    worker = f"/assets/head/{folder.name}/worker.js"

    def ask(**angle: float) -> Any:
        file = io.BytesIO()
        face(**angle).save(file, "PNG")
        picture = base64.b64encode(file.getvalue()).decode()
        # A still, not a film: what it saw before must not help.
        for _ in range(2):
            seen = phone.page.evaluate(ASK, {"worker": worker, "picture": picture})
        return seen

    phone.page.evaluate(f"() => {{ {fit} }}")
    seen = {yaw: ask(yaw=yaw) for yaw in YAWS}
    errors = {yaw: abs(one["head"]["yaw"] - yaw) for yaw, one in seen.items() if one["head"]}
    for name, least, most in BANDS:
        of = [error for yaw, error in errors.items() if least <= abs(yaw) <= most]
        drawn = sum(least <= abs(yaw) <= most for yaw in YAWS)
        yield Figure(
            f"yaw of heads turned by {name}: mean error", "Chromium", statistics.mean(of), "degrees", None,
            f"worst {max(of):.1f}; found {len(of)} of {drawn}",
        )  # fmt: skip
    for name, angles in (("pitch", (-20, -10, 10, 20)), ("roll", (-15, -8, 8, 15))):
        straight = seen[0]["head"][name]
        off = [abs(ask(**{name: angle})["head"][name] - straight - angle) for angle in angles]
        note = f"against the head held straight; worst {max(off):.1f}"
        yield Figure(f"{name}: mean error", "Chromium", statistics.mean(off), "degrees", None, note)
    sides = [yaw for yaw in (-90, -80, 80, 90) if ask(yaw=yaw)["head"]]
    yield Figure("heads found at 80 and 90", "Chromium", len(sides), "of 4", None, json.dumps(sides))
    times = [one["took"] for one in seen.values()]
    yield Figure(
        "one look at a head, software rendering", "Chromium", percentile(times, 0.5), "ms", None,
        f"p95 {percentile(times, 0.95):.0f} ms",
    )  # fmt: skip
    phone.close()
