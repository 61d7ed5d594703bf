"""A few customers of the demo clinic with finished photo sets, to compare at once. The pictures are drawn."""

import hashlib
import io
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import select

from photos.stores import Address, Store
from server.clinic.treatments import Treatment
from server.clinic.vip.cases import VipCase
from server.database import read, write
from server.demo.drawn import SIZE, head
from server.instants import later
from server.sync.acts import Act, perform_all

SHOWN = 3
VIEWS = ("F", "LO", "LL", "RO", "RL")
DAYS = {"pre": 0, "d7": 7, "m1": 30}
"""The first customer came at all of these, the others before and a month after."""
SEEN_AFTER_DAYS = max(DAYS.values()) + 1


@dataclass(frozen=True)
class Sitter:
    """Who sat for the pictures, for which treatment (or VIP case), when, and who took them."""

    number: int
    customer_id: str
    occasion: str
    by: str
    at: str
    vip: bool = False

    def id(self, *names: str) -> str:
        return str(uuid5(UUID(self.occasion), ":".join(names)))


def show_pictures(clinic_id: str, store: Store, now: str) -> int:
    """Give the demo clinic its pictures; how many. The same clinic gets the same ones."""
    pictures = 0
    for sitter in [*_sitters(clinic_id, now), *_vips(clinic_id)]:
        acts = [_agreement(sitter)]
        for point, days in DAYS.items():
            if (point == "d7" and sitter.number) or (point != "pre" and sitter.vip):
                continue
            begun = later(sitter.at, days=days, minutes=-40)
            taken = [_picture(clinic_id, store, sitter, point, view, begun) for view in VIEWS]
            acts += _set(sitter, point, begun, taken)
            pictures += len(taken)
        with write() as connection:
            perform_all(connection, clinic_id, acts)
    return pictures


def _sitters(clinic_id: str, now: str) -> list[Sitter]:
    """Customers whose latest injection lies long enough behind, the newest first."""
    injections = (
        select(Treatment.customer_id, Treatment.id, Treatment.nurse_id, Treatment.performed_at)
        .where(
            Treatment.clinic_id == clinic_id, Treatment.category == "injectable",
            Treatment.performed_at < later(now, days=-SEEN_AFTER_DAYS), Treatment.nurse_id.is_not(None),
        )
        .order_by(Treatment.performed_at.desc(), Treatment.id)
    )  # fmt: skip
    found: dict[str, Sitter] = {}
    with read() as connection:
        for row in connection.execute(injections):
            found.setdefault(
                row.customer_id,
                Sitter(len(found), row.customer_id, row.id, str(row.nurse_id), str(row.performed_at)),
            )
    return list(found.values())[:SHOWN]


def _vips(clinic_id: str) -> list[Sitter]:
    """Those whose screening form is to be reviewed."""
    cases = select(VipCase.customer_id, VipCase.id, VipCase.opened_by, VipCase.created_at).where(
        VipCase.clinic_id == clinic_id, VipCase.status == "screening"
    )
    with read() as connection:
        return [
            Sitter(
                SHOWN,
                row.customer_id,
                row.id,
                str(row.opened_by),
                later(row.created_at, minutes=80),
                vip=True,
            )
            for row in connection.execute(cases)
        ]


def _agreement(sitter: Sitter) -> Act:
    at = later(sitter.at, minutes=-50)
    args = {
        "id": sitter.id("consent"), "customer_id": sitter.customer_id, "purpose": "record",
        "wording_version": "record/2026-11/zh", "signature": "M20 60C40 20 60 90 80 50S120 30 150 70",
        "signed_at": at,
    }  # fmt: skip
    return Act("consent.sign", args, sitter.by, at)


def _set(sitter: Sitter, point: str, begun: str, taken: list[dict[str, Any]]) -> list[Act]:
    set_id, by = sitter.id(point), sitter.by
    start = {
        "id": set_id, "customer_id": sitter.customer_id,
        "vip_case_id" if sitter.vip else "treatment_id": sitter.occasion,
        "region": "face", "time_point": point, "rule": "degrees", "checklist": {"site": True},
        "baseline_set_id": None if point == "pre" else sitter.id("pre"),
    }  # fmt: skip
    acts = [Act("photo_set.start", start, by, begun)]
    for row in taken:
        kept = {
            "id": str(uuid5(UUID(row["id"]), f"{by}:{row['sha256']}")), "photo_id": row["id"],
            "sha256": row["sha256"], "staff_id": by,
        }  # fmt: skip
        acts += [
            Act("photo.add", row, by, row["taken_at"]), Act("photo.stored", kept, None, row["taken_at"])
        ]  # fmt: skip
    return [*acts, Act("photo_set.finish", {"id": set_id}, by, later(begun, minutes=10))]


def _picture(
    clinic_id: str, store: Store, sitter: Sitter, point: str, view: str, begun: str
) -> dict[str, Any]:
    """Draw it and keep its bytes; the arguments of its photo.add."""
    days = DAYS[point]
    data = head(view, sitter.number, 0.6 if point == "d7" else 0, 1 if point == "pre" else 0.3, days)
    sha256 = hashlib.sha256(data).hexdigest()
    store.put(Address(clinic_id, sha256), io.BytesIO(data))
    return {
        "id": sitter.id(point, view), "set_id": sitter.id(point), "view": view, "sha256": sha256,
        "size_bytes": len(data), "width": SIZE[0], "height": SIZE[1],
        "taken_at": later(begun, minutes=1 + VIEWS.index(view)), "capture": {"method": "camera"},
        "checks": {},
    }  # fmt: skip
