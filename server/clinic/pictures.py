"""Looking at pictures: only who may see the photo, and every look at an original is in the log."""

import io
import threading
from typing import BinaryIO

import orjson
from marshmallow import Schema
from sqlalchemy import select

from photos.renditions import render
from photos.stores import Address, Missing, Store
from server.clinic.fields import Id
from server.clinic.permissions import require
from server.clinic.photo_sets import Photo
from server.clinic.sign_in import SignedIn
from server.database import read, write
from server.errors import NotFound
from server.sync.acts import Act, perform_all
from server.sync.audience import visible
from server.sync.mutations import Args, Rejected, mutation
from server.sync.synced import Row
from server.sync.tables import ClinicHead, Feed
from server.sync.transaction import Transaction

MADE_AT_ONCE = 2

makers = threading.BoundedSemaphore(MADE_AT_ONCE)
"""A large original takes up to 200 MB to make smaller: no more at once than the machine bears."""


class ViewedArgs(Schema):
    photo_id = Id(required=True)
    staff_id = Id(required=True)


@mutation("photo.viewed", ViewedArgs)
def viewed(tx: Transaction, args: Args) -> None:
    """The server's own act: somebody has looked at an original. The log is all it changes."""
    require(tx, "photo.store")


class OpenedArgs(Schema):
    id = Id(required=True)


@mutation("photo.opened", OpenedArgs)
def opened(tx: Transaction, args: Args) -> None:
    """Somebody has opened an original that their phone still holds. The log is all it changes."""
    photo = tx.get(Photo, args["id"])
    if photo is None:
        raise Rejected("not_found", "There is no such picture.")
    require(tx, "photo.look", photo["customer_id"])


def photo_for(person: SignedIn, photo_id: str) -> Row:
    """The document of a stored photo. Raises NotFound, also for what the person may not see."""
    with read() as connection:
        version = connection.scalar(select(ClinicHead.version).where(ClinicHead.id == person.clinic_id))
        doc = connection.scalar(
            select(Feed.doc).where(
                visible(person.viewer, version or 0), Feed.tbl == "photo", Feed.id == photo_id
            )
        )
    photo: Row | None = orjson.loads(doc) if doc else None
    if photo is None or not photo["stored"]:
        raise NotFound("There is no such picture here yet.")
    return photo


def note_look(person: SignedIn, photo: Row) -> None:
    """Enter a look at an original in the log; before it happens."""
    look = Act("photo.viewed", {"photo_id": photo["id"], "staff_id": person.staff_id})
    with write() as connection:
        perform_all(connection, person.clinic_id, [look])


def original(store: Store, person: SignedIn, photo: Row) -> BinaryIO:
    """The original's bytes. Whoever shows them says `note_look`."""
    return _opened(store, Address(person.clinic_id, photo["sha256"]))


def rendition(store: Store, person: SignedIn, photo: Row, name: str) -> BinaryIO:
    """A smaller JPEG; made when it is first asked for, then kept."""
    address = Address(person.clinic_id, photo["sha256"], name)
    try:
        return store.open(address)
    except Missing:
        with makers, original(store, person, photo) as source:
            made = io.BytesIO(render(source, name))
        store.put(address, made)
        made.seek(0)
        return made


def _opened(store: Store, address: Address) -> BinaryIO:
    try:
        return store.open(address)
    except Missing:
        raise NotFound("The picture's bytes are missing from the store.") from None
