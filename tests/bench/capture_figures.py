"""Taking pictures in Chromium: how often a slow phone looks at what it sees, what the app itself takes of a
set's minute, whether many pictures fill the memory, and how far head angles are off."""

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Playwright, sync_playwright

from tests.bench.browser_figures import SLOWER, _sign_in, _site
from tests.bench.figures import Figure, percentile
from tests.bench.head_figures import head_figures
from tests.bench.sealing_figures import sealing_figure
from tests.e2e.noon import NoonClinic
from tests.e2e.pictures import begun_set
from tests.rigs import camera
from tests.rigs.browser import Phone, why_no_browser
from tests.rigs.doors import HttpDoor

PWA = Path(__file__).parents[2] / "pwa"
MANY = 500
LOOKS = 40

# What the quality worker runs for every look, as one script.
LOOKING = """
import { readFileSync } from 'node:fs'
import ts from 'typescript'
const options = { compilerOptions: { target: 'ES2022', module: 'ESNext' } }
for (const file of ['src/domain/quality/measure.ts', 'src/device/pixels.ts', 'src/device/looks.ts']) {
  const { outputText } = ts.transpileModule(readFileSync(file, 'utf8'), options)
  console.log(outputText.replace(/^import .*$/gm, '').replace(/^export /gm, ''))
}
console.log('Object.assign(window, { pixelsOf, lumaOf, measure, Memory, PREVIEW_PX })')
"""

# Milliseconds of each look at a new frame: `whole` as the worker does it, else only what any check has to do.
LOOK = """async ([picture, times, whole]) => {
  const source = await createImageBitmap(await (await fetch(picture)).blob())
  const [width, height] = [PREVIEW_PX, Math.round(PREVIEW_PX * 4 / 3)]
  const memory = new Memory()
  const took = []
  for (let n = 0; n < times; n++) {
    const frame = await createImageBitmap(source, { resizeWidth: width, resizeHeight: height })
    const start = performance.now()
    const pixels = pixelsOf(frame, [0, 0, width, height], width, height)
    if (whole) measure(pixels)
    if (whole) memory.compare(lumaOf(pixels), n === 0)
    else lumaOf(pixels)
    took.push(performance.now() - start)
  }
  return took
}"""

# Takes `times` pictures with the shutter; the last core view stays open, so that the set is never complete.
# Answers milliseconds from each tap until the next view is offered: by then the picture is durable.
SHOOT = """async (times) => {
  const dots = () => [...document.querySelectorAll('.dot')]
  const shutter = () => document.querySelector('.shutter')
  const until = (state) => new Promise((done) => {
    const look = () => (state() ? done() : setTimeout(look, 4))
    look()
  })
  const took = []
  for (let n = 0; n < times; n++) {
    const dot = dots()[n % 4]
    dot.click()
    await until(() => dot.getAttribute('aria-current') === 'step' && !shutter().disabled)
    const start = performance.now()
    shutter().click()
    await until(() => dot.getAttribute('aria-current') !== 'step')
    took.push(performance.now() - start)
  }
  return took
}"""


def _transpiled(script: str) -> str:
    command = ["node", "--input-type=module", "-e", script]
    return subprocess.run(command, cwd=PWA, capture_output=True, text=True, check=True).stdout


def look_figure(phone: Phone) -> Figure:
    """The worker's own functions, in the page: that is what the browser slows down."""
    phone.page.evaluate(f"() => {{ {_transpiled(LOOKING)} }}")
    picture = "/icons/icon-512.png"
    phone.slow(SLOWER)
    rates = [
        1000 / percentile(phone.page.evaluate(LOOK, [picture, LOOKS, whole]), 0.95) for whole in (True, False)
    ]
    phone.slow(1)
    return Figure(
        "looks at a preview, processor slowed 4 times, p95", "Chromium", rates[0], "frames/s", rates[1],
        "beside reading its pixels",
    )  # fmt: skip


def set_figures(phone: Phone, set_id: str) -> Iterator[Figure]:
    """The pictures of many sets, one after the other, while they are uploaded."""
    phone.page.goto(f"{phone.url}/sets/{set_id}/capture")
    phone.page.locator(".shutter:not(:disabled)").wait_for(timeout=60_000)
    phone.slow(SLOWER)
    times = phone.page.evaluate(SHOOT, 20)
    phone.slow(1)
    yield Figure(
        "from the shutter to the next view, processor slowed 4 times", "Chromium",
        percentile(times, 0.5) / 1000, "s", None,
        f"p95 {percentile(times, 0.95) / 1000:.2f} s; the app's part of a face set of 5: "
        f"{5 * percentile(times, 0.5) / 1000:.1f} s",
    )  # fmt: skip
    tools = phone.cdp()
    tools.send("Performance.enable")
    heaps = []
    for _ in range(5):
        phone.page.evaluate(SHOOT, MANY // 5)
        tools.send("HeapProfiler.collectGarbage")
        metrics = {one["name"]: one["value"] for one in tools.send("Performance.getMetrics")["metrics"]}
        heaps.append(metrics["JSHeapUsedSize"] / 2**20)
    used = phone.page.evaluate("navigator.storage.estimate().then(({ usage }) => usage)") / 2**20
    yield Figure(
        f"growth of the page's heap over {MANY} pictures", "Chromium", heaps[-1] - heaps[0], "MiB", None,
        ", ".join(f"{heap:.1f}" for heap in heaps) + f" MiB after each {MANY // 5}; storage {used:.0f} MiB",
    )  # fmt: skip


def _figures(playwright: Playwright, folder: Path) -> Iterator[Figure]:
    film = camera.video(folder / "head.y4m", [camera.head()])
    with _site(folder) as (app, server):
        server.start()
        clinic = NoonClinic(app, lambda: HttpDoor(server.url))
        set_id = begun_set(clinic, clinic.phone("nurse"))
        phone = Phone(playwright, folder / "profile", server.url, flags=camera.flags(film))
        yield look_figure(phone)
        yield sealing_figure(phone)
        _sign_in(phone, clinic.code, "nurse")
        phone.page.locator("button[type=submit]").click()
        phone.page.get_by_role("link", name="已全部送达").wait_for(timeout=60_000)
        yield from set_figures(phone, set_id)
        phone.close()
        yield from head_figures(playwright, server.url, folder / "second")


def capture_figures() -> Iterator[Figure]:
    """All of them; nothing, with a sentence, where there is no browser."""
    with sync_playwright() as playwright, tempfile.TemporaryDirectory(prefix="meidang-bench-") as folder:
        reason = why_no_browser(playwright)
        if reason:
            print(f"No figures of capture: {reason}")
            return
        yield from _figures(playwright, Path(folder))
