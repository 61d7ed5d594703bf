"""Pictures that the clinic already has when a journey begins: taken by a colleague, kept by the server."""

import hashlib
import math
from collections.abc import Mapping
from typing import Any

from PIL import Image

from tests.e2e.noon import in_hours
from tests.photos.pictures import encoded
from tests.rigs import camera
from tests.rigs.client import Device, uuid7
from tests.rigs.uploads import Sending

EYES = ((198 / 480, 274 / 640), (282 / 480, 274 / 640))
"""Of a head, in fractions of the picture."""


def moved(
    picture: Image.Image, scale: float = 1, rotation: float = 0, shift: tuple[int, int] = (0, 0)
) -> Image.Image:
    """As another day's picture comes out: nearer, turned (degrees, counter-clockwise) and shifted (px)."""
    middle = picture.width / 2, picture.height / 2
    near = picture.resize((round(picture.width * scale), round(picture.height * scale)))
    ground = Image.new("RGB", picture.size, (168, 170, 172))
    ground.paste(near, (round(middle[0] - near.width / 2), round(middle[1] - near.height / 2)))
    return ground.rotate(rotation, Image.Resampling.BICUBIC, translate=shift, fillcolor=(168, 170, 172))


def spot(
    point: tuple[float, float], scale: float, rotation: float, shift: tuple[int, int]
) -> tuple[float, float]:
    """Where a point of a picture (fractions) is after `moved`."""
    x, y = ((point[0] - 0.5) * camera.WIDTH * scale, (point[1] - 0.5) * camera.HEIGHT * scale)
    angle = -math.radians(rotation)
    turned = (x * math.cos(angle) - y * math.sin(angle), x * math.sin(angle) + y * math.cos(angle))
    return (
        (turned[0] + shift[0]) / camera.WIDTH + 0.5,
        (turned[1] + shift[1]) / camera.HEIGHT + 0.5,
    )


def _made(desk: Device, name: str, args: dict[str, Any]) -> str:
    id = uuid7()
    result = desk.do(name, {"id": id, **args})
    assert result["error"] is None, result
    return id


def agree(desk: Device, customer_id: str, purpose: str = "record") -> str:
    """The customer has signed for a purpose; the consent's id."""
    args = {
        "customer_id": customer_id, "purpose": purpose, "wording_version": f"{purpose}/2026-11/zh",
        "signature": "M1 1L20 20L40 5", "signed_at": in_hours(-24),
    }  # fmt: skip
    return _made(desk, "consent.sign", args)


def photo_set(
    desk: Device, customer_id: str, time_point: str, pictures: Mapping[str, Image.Image],
    days_ago: float, finished: bool = True, **more: Any,
) -> dict[str, str]:  # fmt: skip
    """A set with these pictures, kept by the clinic: {view: photo id}, and the set's own under "set"."""
    args = {
        "customer_id": customer_id, "region": "face", "time_point": time_point, "rule": "degrees",
        "checklist": {"site": True}, **more,
    }  # fmt: skip
    ids = {"set": _made(desk, "photo_set.start", args)}
    for view, picture in pictures.items():
        data = encoded(picture, quality=92)
        ids[view] = _made(
            desk, "photo.add",
            {
                "set_id": ids["set"], "view": view, "sha256": hashlib.sha256(data).hexdigest(),
                "size_bytes": len(data), "width": picture.width, "height": picture.height,
                "taken_at": in_hours(-24 * days_ago), "capture": {"method": "camera"},
                "checks": {"sharpness": "green"},
            },
        )  # fmt: skip
        sending = Sending.of(desk, data, ids[view])
        assert sending.chunk(data, 0).status == 204
        assert sending.offset() == len(data)
    if finished:
        skipped = [
            {"view": view, "reason": "顾客不便"}
            for view in ("F", "LO", "LL", "RO", "RL")
            if view not in pictures
        ]
        result = desk.do("photo_set.finish", {"id": ids["set"], "skipped": skipped})
        assert result["error"] is None, result
    return ids
