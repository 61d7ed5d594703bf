"""A person who is taking pictures: consent signed, set begun, bytes in the phone."""

import hashlib
from dataclasses import dataclass
from functools import cache
from typing import Any

from tests.photos.pictures import encoded, exif, scene
from tests.rigs.client import Device
from tests.rigs.uploads import Sending
from tests.server.scene import Scene
from tests.server.targets import Targets, photo, photo_set


@cache
def jpeg(seed: int = 1, width: int = 96, height: int = 64) -> bytes:
    """A picture as a phone makes it, held upright; the same one for the same seed."""
    return encoded(scene(width, height, seed), "jpeg", exif=exif(orientation=6), quality=95)


@dataclass(frozen=True)
class Taking:
    """A set that a person's phone is taking of a customer."""

    phone: Device
    customer_id: str
    set_id: str

    def row(self, data: bytes, **more: Any) -> dict[str, Any]:
        """The arguments of photo.add for a picture of these bytes."""
        return photo(self.set_id, sha256=hashlib.sha256(data).hexdigest(), size_bytes=len(data), **more)

    def add(self, data: bytes, **more: Any) -> str:
        """Record the picture; its id."""
        args = self.row(data, **more)
        assert self.phone.do("photo.add", args)["error"] is None
        return str(args["id"])

    def send(self, data: bytes, photo_id: str) -> Sending:
        """Send all bytes at once, and hear what became of them."""
        sending = Sending.of(self.phone, data, photo_id)
        assert sending.chunk(data, 0).status == 204
        assert sending.offset() == len(data)
        return sending

    def kept(self, data: bytes, **more: Any) -> str:
        """Record a picture and send its bytes; its id."""
        id = self.add(data, **more)
        self.send(data, id)
        return id

    def is_stored(self, photo_id: str) -> bool:
        self.phone.pull()
        return bool(self.phone.rows("photo")[photo_id]["stored"])


def taking(scene: Scene, phone: Device, owner_id: str | None = None) -> Taking:
    """A customer with a signed consent and a set of the face that has begun."""
    customer = scene.customer(owner_id)
    scene.perform("consent.sign", Targets(scene, "", "", "").consent_sign(customer, ""))
    return Taking(phone, customer, scene.perform("photo_set.start", photo_set(customer)))
