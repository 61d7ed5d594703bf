"""The phone's own tus client, which we did not write, against a real server and bad networks."""

import hashlib
import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.rigs.chaos import DEFAULT_RATES, Chaos
from tests.rigs.doors import HttpDoor
from tests.rigs.people import Clinic
from tests.rigs.waiting import until
from tests.server.pictures_taken import Taking, jpeg, taking
from tests.server.scene import Scene

# Bytes lie in files, whatever the database; what is recorded of them is test_uploads.py's, on both.
pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)

PWA = Path(__file__).parents[2] / "pwa"
PICTURE = jpeg(seed=5, width=1200, height=900)

# On Node it waits for ever for an answer that breaks off; in a browser it does not.
RATES = {name: rate for name, rate in DEFAULT_RATES.items() if name != "cut_response"}

# `fault` spoils three requests; `stops`: how often the upload is given up and gone on with.
SEND = """
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Upload } from 'tus-js-client'

const { endpoint, headers, metadata, file, chunk, fault, stops } = JSON.parse(process.argv[1])
const bytes = readFileSync(file)
const said = { statuses: {}, resumptions: 0 }
let url = null
let spoiled = 0
const checksum = (from) => createHash('sha1').update(bytes.subarray(from, from + chunk)).digest('base64')

const once = () => new Promise((done, failed) => {
  const upload = new Upload(bytes, {
    endpoint, headers, metadata, chunkSize: chunk, ...(url && { uploadUrl: url }),
    storeFingerprintForResuming: false, retryDelays: Array(60).fill(20), onShouldRetry: () => true,
    onBeforeRequest(request) {
      if (request.getMethod() !== 'PATCH') return
      const offset = Number(request.getHeader('Upload-Offset'))
      const spoils = fault && spoiled < 3
      const digest = checksum(spoils ? offset + 1 : offset)
      if (fault === 'checksum') request.setHeader('Upload-Checksum', `sha1 ${digest}`)
      if (fault === 'offset' && spoils) request.setHeader('Upload-Offset', String(offset + 7))
      if (spoils) spoiled += 1
    },
    onAfterResponse(request, response) {
      const key = `${request.getMethod()} ${response.getStatus()}`
      said.statuses[key] = (said.statuses[key] ?? 0) + 1
    },
    onUploadUrlAvailable() { url = upload.url },
    onChunkComplete() {
      if (said.resumptions >= stops) return
      said.resumptions += 1
      upload.abort().then(() => done(false))
    },
    onSuccess: () => done(true),
    onError: failed,
  })
  upload.start()
})
while (!(await once())) {}
console.log(JSON.stringify(said))
"""


@pytest.fixture
def live_nurse(app, server) -> Taking:
    clinic = Clinic(app, lambda: HttpDoor(server.url))
    return taking(Scene(clinic), clinic.phone("nurse"))


@pytest.fixture
def send(live_nurse, server, tmp_path):
    """send(chunk=100_000): the picture arrives whole; answers what the client met on the way."""

    def run(chunk: int, fault: str | None = None, stops: int = 0, through: str | None = None):
        phone, id = live_nurse.phone, live_nurse.add(PICTURE)
        cookie = f"meidang={phone.door.session.cookies['meidang']}"
        (tmp_path / "picture").write_bytes(PICTURE)
        told = {
            "endpoint": f"{through or server.url}/api/uploads", "file": str(tmp_path / "picture"),
            "headers": {"X-Device": phone.disk.device_id, "Cookie": cookie},
            "metadata": {"photo_id": id, "sha256": hashlib.sha256(PICTURE).hexdigest()},
            "chunk": chunk, "fault": fault, "stops": stops,
        }  # fmt: skip
        ran = subprocess.run(
            ["node", "--input-type=module", "-e", SEND, json.dumps(told)],
            cwd=PWA, capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
        assert ran.returncode == 0, ran.stderr
        said = json.loads(ran.stdout)
        until(lambda: live_nurse.is_stored(id), True)  # the answer to the last chunk does not wait for it
        assert phone.call("GET", f"/api/photos/{id}/original").body == PICTURE
        return said

    return run


def test_it_arrives_in_chunks(send):
    assert send(chunk=50_000)["statuses"] == {"POST 201": 1, "PATCH 204": -(-len(PICTURE) // 50_000)}


def test_a_wrong_offset_is_found_and_put_right(send):
    statuses = send(chunk=50_000, fault="offset")["statuses"]
    assert statuses["PATCH 409"] == 3
    assert statuses["HEAD 200"] == 3


def test_a_chunk_whose_checksum_is_wrong_is_sent_again(send):
    statuses = send(chunk=50_000, fault="checksum")["statuses"]
    assert statuses["PATCH 460"] == 3


@pytest.mark.random
def test_a_network_that_cuts_loses_and_repeats_loses_no_byte(send, server):
    for seed in range(5):
        with Chaos(server.url, seed, RATES) as chaos:
            send(chunk=20_000, through=chaos.url)
            assert chaos.fates.total() > len(PICTURE) // 20_000


@pytest.mark.random
def test_resuming_over_and_over_loses_no_byte(send):
    """A thousand times takes a minute; the server's own tests do that every time, without a client."""
    stops = 1000 if os.environ.get("SOAK") else 100
    said = send(chunk=len(PICTURE) // (stops + 1), stops=stops)
    assert said["resumptions"] == stops
    assert said["statuses"]["HEAD 200"] == stops
