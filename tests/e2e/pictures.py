"""Pictures on a phone in a journey, as the app itself keeps them when it has taken them."""

import base64
import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.e2e.noon import NoonClinic
from tests.e2e.person import Person
from tests.photos.pictures import encoded, scene
from tests.rigs.client import Device, instant, uuid7
from tests.rigs.vault import kept

# Into every store of a person on this phone: there is one.
KEEP = """async ({entry, delivery, bytes}) => {
  const [{name}] = (await indexedDB.databases()).filter(({name}) => name.startsWith('meidang:'))
  const database = await new Promise((done) => {
    const request = indexedDB.open(name)
    request.onsuccess = () => done(request.result)
  })
  const transaction = database.transaction(['outbox', 'originals', 'deliveries'], 'readwrite')
  if (entry) transaction.objectStore('outbox').put(entry)
  const raw = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0))
  transaction.objectStore('originals').put(raw.buffer, delivery.photo_id)
  transaction.objectStore('deliveries').put(delivery, delivery.photo_id)
  await new Promise((done, failed) => {
    transaction.oncomplete = done
    transaction.onabort = () => failed(transaction.error)
  })
  database.close()
}"""


def _now() -> str:
    return instant(datetime.now(UTC))


def large_jpeg(seed: int, side: int = 1600) -> bytes:
    """Some megabytes that do not compress."""
    return encoded(scene(side, side, seed).effect_spread(40), "jpeg", quality=98, subsampling=0)


def begun_set(clinic: NoonClinic, nurse: Device) -> str:
    """A set of a customer with a signed consent, begun by the nurse; its id."""
    customer, set_id, now = clinic.customer("李雨桐", "13800000002"), uuid7(), _now()
    consent = {
        "id": uuid7(), "customer_id": customer, "purpose": "record", "wording_version": "1",
        "signature": "M0 0L1 1", "signed_at": now,
    }  # fmt: skip
    begun = {
        "id": set_id, "customer_id": customer, "region": "face", "time_point": "pre",
        "rule": "degrees", "checklist": {},
    }  # fmt: skip
    for name, args in (("consent.sign", consent), ("photo_set.start", begun)):
        result = nurse.do(name, args)
        assert result["status"] == "applied", result
    return set_id


def put_on_phone(me: Person, set_id: str, data: bytes, entry: bool = True, **more: Any) -> str:
    """A picture that this phone has taken, for the app to find; its id. `entry`: with its photo.add."""
    photo_id, now = uuid7(), _now()
    sha256 = hashlib.sha256(data).hexdigest()
    args = {
        "id": photo_id, "set_id": set_id, "view": "F", "sha256": sha256, "size_bytes": len(data),
        "width": 1600, "height": 1600, "taken_at": now, "capture": {}, "checks": {},
    }  # fmt: skip
    added = {
        "id": uuid7(), "name": "photo.add", "args": args, "at": now, "seq": None, "first": None,
        "state": "waiting", "error": None, "held_until": None, "settled_at": None, "dealt": False,
    }  # fmt: skip
    delivery = {
        "photo_id": photo_id, "set_id": set_id, "type": "image/jpeg", "sha256": sha256,
        "size_bytes": len(data), "kept_at": now, "url": None, "arrived": False, "refused": None, **more,
    }  # fmt: skip
    kept = {"entry": added if entry else None, "delivery": delivery, "bytes": base64.b64encode(data).decode()}
    me.page.evaluate(KEEP, kept)
    return photo_id


def originals_on(me: Person) -> list[str]:
    """Ids of the pictures whose originals this phone holds."""
    return [photo_id for photo_id, _ in kept(me.page, "originals")]


def pieces_in(folder: Path) -> dict[str, int]:
    """Uploads of which the server has a part: bytes of each."""
    sizes = {path.stem: path.stat().st_size for path in (folder / "uploads").glob("*.part")}
    return {upload: size for upload, size in sizes.items() if size}
