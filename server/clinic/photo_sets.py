"""Photo sets: the ordered standard views of one region at one point in time."""

from typing import Any
from uuid import UUID, uuid5

from marshmallow import Schema, fields, validate
from sqlalchemy import JSON, Index
from sqlalchemy.orm import Mapped, mapped_column

from photos import catalogue
from photos.sets import TIME_POINTS
from server.clinic.consents import has_consent
from server.clinic.customers import Customer, customer_of
from server.clinic.fields import Id, Moment, list_of, one_of, text
from server.clinic.permissions import require
from server.clinic.treatments import Treatment
from server.sync.mutations import Args, Rejected, mutation
from server.sync.synced import Kept, Row, Synced
from server.sync.transaction import Transaction

VIEWS = frozenset(view.code for region in catalogue.regions() for view in catalogue.views(region))
LARGEST_PICTURE_BYTES = 64 * 1024 * 1024
LONGEST_SIDE_PX = 20_000


class PhotoSet(Synced):
    __tablename__ = "photo_set"
    __table_args__ = (Index(None, "clinic_id", "customer_id"),)
    facet = "photo"

    customer_id: Mapped[str]
    treatment_id: Mapped[str | None]
    region: Mapped[str]
    time_point: Mapped[str]
    rule: Mapped[str]
    checklist: Mapped[dict[str, Any]] = mapped_column(JSON)
    baseline_set_id: Mapped[str | None]
    chaperone: Mapped[str | None]
    vip_case_id: Mapped[str | None]
    status: Mapped[str]
    skipped: Mapped[list[Any]] = mapped_column(JSON, info={"items": "object"})
    by: Mapped[str | None]


class Photo(Synced):
    """A picture, immutable. `stored`: the clinic safely keeps bytes with this SHA-256 for it."""

    __tablename__ = "photo"
    __table_args__ = (Index(None, "clinic_id", "set_id"),)
    facet = "photo"

    customer_id: Mapped[str]
    set_id: Mapped[str]
    view: Mapped[str]
    sha256: Mapped[str]
    size_bytes: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
    taken_at: Mapped[str]
    capture: Mapped[dict[str, Any]] = mapped_column(JSON)
    checks: Mapped[dict[str, Any]] = mapped_column(JSON)
    override_reason: Mapped[str | None]
    supersedes: Mapped[str | None]
    stored: Mapped[bool]
    voided: Mapped[bool]
    by: Mapped[str | None]


class StoredBytes(Kept):
    """Bytes that arrived for a photo from a person's device; the row may come before or after."""

    __tablename__ = "stored_bytes"
    __table_args__ = (Index(None, "clinic_id", "photo_id"),)
    photo_id: Mapped[str]
    sha256: Mapped[str]
    staff_id: Mapped[str]
    at: Mapped[str]


def stored_id(photo_id: str, staff_id: str, sha256: str) -> str:
    """Of the same bytes from the same person for the same photo there is one row."""
    return str(uuid5(UUID(photo_id), f"{staff_id}:{sha256}"))


class StartArgs(Schema):
    id = Id(required=True)
    customer_id = Id(required=True)
    treatment_id = Id(load_default=None, allow_none=True)
    region = one_of(*catalogue.regions(), required=True)
    time_point = one_of(*(point.code for point in TIME_POINTS), required=True)
    rule = text(40, required=True)
    checklist = fields.Dict(keys=text(60), required=True)
    baseline_set_id = Id(load_default=None, allow_none=True)
    chaperone = text(100, load_default=None, allow_none=True)
    vip_case_id = Id(load_default=None, allow_none=True)


class Skipped(Schema):
    view = one_of(*sorted(VIEWS), required=True)
    reason = text(500, shortest=1, required=True)


class SkipArgs(Skipped):
    id = Id(required=True)


class FinishArgs(Schema):
    id = Id(required=True)
    skipped = list_of(fields.Nested(Skipped), load_default=list)
    answers = fields.Dict(keys=text(60), values=fields.Boolean(), load_default=dict)


class AddArgs(Schema):
    id = Id(required=True)
    set_id = Id(required=True)
    view = one_of(*sorted(VIEWS), required=True)
    sha256 = fields.String(
        required=True, validate=[validate.Length(equal=64), validate.Regexp("^[0-9a-f]{64}$")]
    )
    size_bytes = fields.Integer(strict=True, required=True, validate=validate.Range(1, LARGEST_PICTURE_BYTES))
    width = fields.Integer(strict=True, required=True, validate=validate.Range(1, LONGEST_SIDE_PX))
    height = fields.Integer(strict=True, required=True, validate=validate.Range(1, LONGEST_SIDE_PX))
    taken_at = Moment(required=True)
    capture = fields.Dict(keys=text(60), required=True)
    checks = fields.Dict(keys=text(60), required=True)
    override_reason = text(500, load_default=None, allow_none=True)
    supersedes = Id(load_default=None, allow_none=True)


class VoidArgs(Schema):
    id = Id(required=True)
    reason = text(500, shortest=1, required=True)


class StoredArgs(Schema):
    id = Id(required=True)
    photo_id = Id(required=True)
    sha256 = fields.String(required=True)
    staff_id = Id(required=True)


@mutation("photo_set.start", StartArgs, id=PhotoSet, customer_id=Customer)
def start(tx: Transaction, args: Args) -> None:
    """Begin a set; needs the customer's consent to pictures for the record."""
    customer_of(tx, args["customer_id"])
    require(tx, "photo.take", args["customer_id"])
    if tx.get(PhotoSet, args["id"]):
        raise Rejected("conflict", "This set has been started already.")
    for name, table in (("treatment_id", Treatment), ("baseline_set_id", PhotoSet)):
        row = tx.get(table, args[name])
        if args[name] and (row is None or row["customer_id"] != args["customer_id"]):
            raise Rejected("not_found", "That is not on this customer's file.", **{name: ["unknown"]})
    from server.clinic.vip import cases, team  # which have pictures

    case = tx.get(cases.VipCase, args["vip_case_id"])
    if case and case["customer_id"] != args["customer_id"]:
        raise Rejected("not_found", "That is not this customer's case.", vip_case_id=["unknown"])
    _require_consent(tx, args["customer_id"])
    tx.insert(PhotoSet, args.pop("id"), status="taking", skipped=[], by=tx.actor.staff_id, **args)
    team.pictures_begun(tx, args["customer_id"])


@mutation("photo_set.skip", SkipArgs, id=PhotoSet)
def skip(tx: Transaction, args: Args) -> None:
    """Say why a view is not taken, so that the capture goes on after it, also on another phone."""
    photo_set = _open_set_of(tx, args["id"])
    said = {"view": args["view"], "reason": args["reason"]}
    tx.update(PhotoSet, args["id"], skipped=_joined(photo_set["skipped"], [said]))


@mutation("photo_set.finish", FinishArgs, id=PhotoSet)
def finish(tx: Transaction, args: Args) -> None:
    """Close a set in which every view was taken or skipped with a reason.

    `answers`: what the operator said of the criteria that no device can check; kept with the checklist.
    """
    photo_set = _open_set_of(tx, args["id"])
    taken = {photo["view"] for photo in tx.find(Photo, set_id=args["id"]) if not photo["voided"]}
    skipped = [one for one in _joined(photo_set["skipped"], args["skipped"]) if one["view"] not in taken]
    done = taken | {one["view"] for one in skipped}
    missing = [view for view in catalogue.required_views(photo_set["region"]) if view not in done]
    if missing:
        raise Rejected("gate", "Views are missing: take them, or say why not.", views=missing)
    review = {"review": args["answers"]} if args["answers"] else {}
    checklist = {**photo_set["checklist"], **review}
    tx.update(PhotoSet, args["id"], status="finished", skipped=skipped, checklist=checklist)


@mutation("photo.add", AddArgs, id=Photo, set_id=PhotoSet)
def add(tx: Transaction, args: Args) -> None:
    """A picture was taken; its bytes come by themselves, before or after."""
    photo_set = _set_of(tx, args["set_id"])
    if tx.get(Photo, args["id"]):
        raise Rejected("conflict", "This picture is on file already.")
    before = tx.get(Photo, args["supersedes"])
    if args["supersedes"] and (before is None or before["set_id"] != args["set_id"]):
        raise Rejected("not_found", "The picture it replaces is not in this set.")
    _require_consent(tx, photo_set["customer_id"])
    kept = tx.find(StoredBytes, photo_id=args["id"], sha256=args["sha256"], staff_id=tx.actor.staff_id)
    tx.insert(
        Photo, args.pop("id"), customer_id=photo_set["customer_id"], by=tx.actor.staff_id,
        stored=bool(kept), voided=False, **args,
    )  # fmt: skip


@mutation("photo.void", VoidArgs, id=Photo)
def void(tx: Transaction, args: Args) -> None:
    """Take a picture out of use; nothing is erased, the reason is in the log."""
    photo = tx.get(Photo, args["id"])
    if photo is None:
        raise Rejected("not_found", "There is no such picture.")
    require(tx, "photo.void", photo["customer_id"])
    if photo["voided"]:
        raise Rejected("conflict", "This picture has been voided already.")
    tx.update(Photo, args["id"], voided=True)


@mutation("photo.stored", StoredArgs)
def stored(tx: Transaction, args: Args) -> None:
    """The server's own act: bytes are safely kept. They count for the row of whoever sent both."""
    require(tx, "photo.store")
    if tx.get(StoredBytes, args["id"]) is None:
        tx.insert(
            StoredBytes, args["id"], photo_id=args["photo_id"], sha256=args["sha256"],
            staff_id=args["staff_id"], at=tx.at,
        )  # fmt: skip
    photo = tx.get(Photo, args["photo_id"])
    if photo and (photo["sha256"], photo["by"]) == (args["sha256"], args["staff_id"]):
        tx.update(Photo, photo["id"], stored=True)


def _require_consent(tx: Transaction, customer_id: str) -> None:
    if not has_consent(tx, customer_id, "record"):
        raise Rejected("gate", "The customer's consent to pictures for the record is missing or revoked.")


def _joined(before: list[Row], said: list[Row]) -> list[Row]:
    """One reason a view: what was said last."""
    return list({one["view"]: one for one in [*before, *said]}.values())


def _open_set_of(tx: Transaction, id: str) -> Row:
    photo_set = _set_of(tx, id)
    if photo_set["status"] == "finished":
        raise Rejected("conflict", "This set has been finished already.")
    return photo_set


def _set_of(tx: Transaction, id: str) -> Row:
    photo_set = tx.get(PhotoSet, id)
    if photo_set is None:
        raise Rejected("not_found", "There is no such set.")
    require(tx, "photo.take", photo_set["customer_id"])
    return photo_set
