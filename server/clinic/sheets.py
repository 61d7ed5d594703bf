"""Comparison sheets: what the clinic knows of the pictures, laid out on a page (photos/sheets.py)."""

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO
from zoneinfo import ZoneInfo

from photos import catalogue
from photos.sets import TIME_POINTS
from photos.sheets import Alignment, Language, Sheet, Shown, pdf, png
from photos.sheets import Row as SheetRow
from photos.stores import Store
from photos.words import Words
from server.clinic.customers import Customer
from server.clinic.exports import export
from server.clinic.names import called
from server.clinic.photo_sets import Photo, PhotoSet
from server.clinic.pictures import makers, original, photo_for
from server.clinic.settings import clinic_of
from server.clinic.sign_in import SignedIn
from server.clinic.treatments import Treatment
from server.database import write
from server.errors import Validation
from server.instants import instant, parsed, utc_now
from server.sync.synced import Row
from server.sync.transaction import Transaction

ONLY_FOR = {
    "record": Words("仅供面诊使用", "Consultation only"),
    "teaching": Words("仅供内部教学", "Internal teaching only"),
}
POINTS = {point.code: point.name for point in TIME_POINTS}
MAKERS = {"png": png, "pdf": pdf}


@dataclass(frozen=True)
class Placed:
    """A picture on a sheet, and how it is laid over the first of its row."""

    photo_id: str
    alignment: Alignment


@dataclass(frozen=True)
class Order:
    """What a person wants on a sheet: a row per view, None where there is no picture of it."""

    rows: list[list[Placed | None]]
    purpose: str
    format: str
    language: Language

    @property
    def photo_ids(self) -> list[str]:
        return [placed.photo_id for row in self.rows for placed in row if placed]


@dataclass(frozen=True)
class About:
    """What the clinic knows of the pictures of an order."""

    clinic: Row
    customer: Row
    photos: dict[str, Row]
    sets: dict[str, Row]
    treatment: Row | None


def make_sheet(store: Store, person: SignedIn, order: Order) -> bytes:
    """The file. Raises NotFound, Forbidden, Gated, and Validation for an order that makes no sense."""
    for id in order.photo_ids:
        photo_for(person, id)  # what a person may not see is not there
    with write() as connection:
        about = _about(Transaction(connection, person.clinic_id, instant(utc_now())), order)
        export(connection, person, order.photo_ids, order.purpose, order.format)
    with makers, ExitStack() as originals:
        opened = {
            photo["sha256"]: originals.enter_context(original(store, person, photo))
            for photo in about.photos.values()
        }
        return MAKERS[order.format](_sheet(opened, person, order, about), order.language)


def _about(tx: Transaction, order: Order) -> About:
    """Raises Validation unless every row is one view of one customer."""
    photos = {id: row for id in order.photo_ids if (row := tx.get(Photo, id))}
    sets = {row["id"]: row for photo in photos.values() if (row := tx.get(PhotoSet, photo["set_id"]))}
    customers = {photo["customer_id"] for photo in photos.values()}
    rows = [[photos[placed.photo_id] for placed in row if placed] for row in order.rows]
    views = [{(sets[photo["set_id"]]["region"], photo["view"]) for photo in row} for row in rows]
    if len(customers) != 1 or any(len(of_row) != 1 for of_row in views):
        raise Validation("A row shows one view of one customer.")
    customer = tx.get(Customer, customers.pop())
    assert customer
    # The latest set says which treatment this is about.
    treatments = (tx.get(Treatment, one["treatment_id"]) for one in reversed(sets.values()))
    return About(clinic_of(tx), customer, photos, sets, next(filter(None, treatments), None))


def _sheet(originals: dict[str, BinaryIO], person: SignedIn, order: Order, about: About) -> Sheet:
    zone = ZoneInfo(about.clinic["timezone"])
    here = "zh" if order.language == "zh" else "en"

    def day(at: str) -> date:
        return parsed(at).astimezone(zone).date()

    def said(words: Words) -> str:
        return words.zh if here == "zh" else words.en

    def shown(placed: Placed | None) -> Shown | None:
        if placed is None:
            return None
        photo = about.photos[placed.photo_id]
        point = POINTS[about.sets[photo["set_id"]]["time_point"]]
        return Shown(originals[photo["sha256"]], day(photo["taken_at"]), point, placed.alignment)

    rows = []
    for row in order.rows:
        first = next(about.photos[placed.photo_id] for placed in row if placed)
        name = _view_name(about.sets[first["set_id"]]["region"], first["view"])
        rows.append(SheetRow(name, [shown(placed) for placed in row]))
    regions = dict.fromkeys(one["region"] for one in about.sets.values())
    named = ("、" if here == "zh" else ", ").join(said(catalogue.region_name(code)) for code in regions)
    treatment = about.treatment
    performed = treatment["performed_at"] if treatment else None
    title = f"{named}对比" if here == "zh" else f"{named}: comparison"
    return Sheet(
        clinic=about.clinic["name"],
        title=f"{treatment['name']} · {title}" if treatment else title,
        subject=_subject(about.customer, order),
        watermark=_watermark(about.clinic, person, order),
        rows=rows,
        made_on=day(instant(utc_now())),
        treated_on=day(performed) if performed else None,
    )


def _view_name(region: str, code: str) -> Words:
    """Its code, where a picture was added under a view that its region does not have."""
    return next((one.name for one in catalogue.views(region) if one.code == code), Words(code, code))


def _subject(customer: Row, order: Order) -> str:
    """By name only in the consulting room; elsewhere a number that the clinic can trace."""
    if order.purpose == "record":
        return called(customer["name"], customer["gender"], order.language)
    number = customer["id"][-6:].upper()
    return f"病例 {number}" if order.language == "zh" else f"case {number}"


def _watermark(clinic: Row, person: SignedIn, order: Order) -> str:
    """What it may be used for and by whose hand it left; on what is published, whose it is."""
    words = ONLY_FOR.get(order.purpose)
    if words is None:
        return str(clinic["name"])
    return f"{words.zh if order.language == 'zh' else words.en} · {person.name}"
