"""Pictures: how fast originals come in, beside @tus/server; what looking at one costs; memory over many.

Both servers take the same files from the same client (tus-js-client, chunks as on a phone), in turn,
on one disk, until the last chunk is answered. @tus/server has then done all that it does: it neither
hashes nor looks nor syncs to disk. Ours goes on beside the requests: it hashes, looks at the picture,
stores it and says so in its row. That has a figure of its own, taken until the server has answered for
each picture, beside an @tus/server that is made to do likewise: its last answer waits for the same look
at the file (by a process like ours), and for an fsync.
"""

import hashlib
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

from photos.ingest import check
from photos.renditions import render
from tests.bench.figures import Figure
from tests.bench.workplace import Workplace
from tests.photos.pictures import encoded, scene
from tests.rigs.client import Device, uuid7
from tests.rigs.doors import HttpDoor
from tests.rigs.people import PASSWORD
from tests.rigs.server import free_port

PWA = Path(__file__).parents[2] / "pwa"
PICTURES = 6
ROUNDS = 9
CHUNK_BYTES = 512 * 1024
MANY = 500
MEBI = 1024 * 1024

# Listens until its standard input ends. With a third argument, the interpreter, it looks at what it has got.
OTHER_SERVER = """
import { spawn } from 'node:child_process'
import { open } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { Server } from '@tus/server'
import { FileStore } from '@tus/file-store'

const [folder, port, python] = process.argv.slice(1)
const stdio = ['pipe', 'pipe', 'inherit']
const looker = python && spawn(python, ['-m', 'photos.apart'], { cwd: '..', stdio })
const answers = looker && createInterface({ input: looker.stdout })[Symbol.asyncIterator]()
async function onUploadFinish(_request, { id, metadata, size }) {
  const path = `${folder}/${id}`
  looker.stdin.write(`${JSON.stringify([path, metadata.sha256, size])}\\n`)
  if ((await answers.next()).value !== 'null') throw { status_code: 422, body: 'refused' }
  const file = await open(path, 'r+')
  await file.sync()
  await file.close()
  return {}
}
const datastore = new FileStore({ directory: folder })
const server = new Server({ path: '/files', datastore, ...(python && { onUploadFinish }) })
server.listen({ host: '127.0.0.1', port: Number(port) }, () => console.log('listening'))
process.stdin.resume().on('end', () => process.exit())
"""

SEND = """
import { readFileSync } from 'node:fs'
import { Upload } from 'tus-js-client'

const { endpoint, headers, chunk, files, asks } = JSON.parse(readFileSync(0, 'utf8'))
const pictures = files.map(({ path, metadata }) => ({ bytes: readFileSync(path), metadata }))
const urls = []
const begun = performance.now()
for (const { bytes, metadata } of pictures) {
  await new Promise((onSuccess, onError) => {
    const onUploadUrlAvailable = () => urls.push(upload.url)
    const tells = { onUploadUrlAvailable, onSuccess, onError }
    const options = { endpoint, headers, metadata, chunkSize: chunk, retryDelays: null, ...tells }
    const upload = new Upload(bytes, options)
    upload.start()
  })
}
const received = performance.now()
for (const url of asks ? urls : []) {
  const answer = await fetch(url, { method: 'HEAD', headers: { ...headers, 'Tus-Resumable': '1.0.0' } })
  if (answer.status !== 200) throw new Error(answer.status)
}
console.log((received - begun) / 1000, (performance.now() - begun) / 1000)
"""


def node(script: str, *arguments: str) -> list[str]:
    return ["node", "--input-type=module", "-e", script, *arguments]


def picture_figures(work: Workplace) -> Iterator[Figure]:
    folder = work.folder / "pictures"
    folder.mkdir()
    pictures = [_picture(folder / f"{number}.jpeg", number) for number in range(PICTURES)]
    yield from _upload_figures(work, folder, pictures)
    yield from _looking_figures(pictures[0].read_bytes())
    small = folder / "small.jpeg"
    small.write_bytes(encoded(scene(1600, 1200), "jpeg", quality=92))
    yield _memory_figure(work, small)


def _picture(path: Path, seed: int) -> Path:
    """Twelve megapixels that compress as skin and hair do, some 4 MB."""
    path.write_bytes(encoded(scene(4032, 3024, seed).effect_spread(3), "jpeg", quality=92))
    return path


def _upload_figures(work: Workplace, folder: Path, pictures: list[Path]) -> Iterator[Figure]:
    sizes = [path.stat().st_size for path in pictures]
    sent = sum(sizes) / MEBI
    ours = _our_server(work)
    with _other_server(folder / "plain") as plain, _other_server(folder / "looks", sys.executable) as looks:
        rounds = [[_send(target, pictures) for target in (ours, plain, looks)] for _ in range(ROUNDS)]
    (received, kept), (plain_received, _), (_, looked) = (
        tuple(map(min, zip(*times, strict=True))) for times in zip(*rounds, strict=True)
    )
    note = f"{len(sizes)} of {sent / len(sizes):.1f} MiB, best of {ROUNDS}, beside @tus/server"
    yield Figure("originals received", work.engine, sent / received, "MiB/s", sent / plain_received, note)
    yield Figure(
        "originals received, checked and kept", work.engine, sent / kept, "MiB/s", sent / looked,
        f"{len(sizes) / kept:.1f} pictures/s, beside @tus/server made to do likewise",
    )  # fmt: skip


@contextmanager
def _other_server(folder: Path, *interpreter: str) -> Iterator[dict[str, Any]]:
    """@tus/server, as a target; given the interpreter, it looks at what it has got."""
    folder.mkdir()
    port = free_port()
    server = subprocess.Popen(
        node(OTHER_SERVER, str(folder), str(port), *interpreter),
        cwd=PWA, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert server.stdout
    assert server.stdout.readline().strip() == "listening"
    yield {"endpoint": f"http://127.0.0.1:{port}/files", "headers": {}, "asks": False}
    server.communicate()


def _our_server(work: Workplace) -> dict[str, Any]:
    """The server, and a phone that has signed in there."""
    work.clinic.person("nurse")
    door = HttpDoor(work.server.url)
    phone = Device(door, work.clinic.code, "nurse", PASSWORD, name="bench")
    phone.login()
    headers = {"X-Device": phone.disk.device_id, "Cookie": f"meidang={door.session.cookies['meidang']}"}
    return {"endpoint": f"{work.server.url}/api/uploads", "headers": headers, "asks": True}


def _send(target: dict[str, Any], pictures: list[Path]) -> tuple[float, float]:
    """Seconds until all of them were received, one after the other, and until the last was answered for."""
    files = [
        {"path": str(path), "metadata": {"photo_id": uuid7(), "sha256": _sha256(path.read_bytes())}}
        for path in pictures
    ]
    told = json.dumps({**target, "chunk": CHUNK_BYTES, "files": files})
    ran = subprocess.run(node(SEND), cwd=PWA, input=told, capture_output=True, text=True, check=False)
    assert ran.stdout, ran.stderr
    received, kept = map(float, ran.stdout.split())
    return received, kept


def _looking_figures(data: bytes) -> Iterator[Figure]:
    sha256 = _sha256(data)
    for name, once in (
        ("ingest checks", lambda: check(io.BytesIO(data), sha256, len(data))),
        ("thumbnails", lambda: render(io.BytesIO(data), "thumb")),
        ("renditions for the screen", lambda: render(io.BytesIO(data), "screen")),
    ):
        times = []
        for _ in range(10):
            start = perf_counter()
            once()
            times.append(perf_counter() - start)
        yield Figure(f"{name} of 12 megapixels", "-", 1 / min(times), "pictures/s", None, "one thread")


def _memory_figure(work: Workplace, picture: Path) -> Figure:
    """Growth of the server's memory from the first fifth of many pictures to the last."""
    target = _our_server(work)
    peaks = []
    for _ in range(5):
        _send(target, [picture] * (MANY // 5))
        peaks.append(work.server.resident_bytes() / MEBI)
    note = ", ".join(f"{peak:.0f}" for peak in peaks) + f" MiB after each {MANY // 5}"
    return Figure(f"memory over {MANY} originals", work.engine, peaks[-1] - peaks[0], "MiB", None, note)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
