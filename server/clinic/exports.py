"""Pictures leave the app only for a purpose that the customer has agreed to, and never unseen.

For publication nobody but the clinic's compliance officer takes them out; where nobody has been
appointed, publication is off.
"""

from marshmallow import Schema
from sqlalchemy import Connection

from photos import catalogue
from server.clinic.consents import has_consent
from server.clinic.fields import Id, list_of, one_of
from server.clinic.performing import perform_now
from server.clinic.permissions import allows, require
from server.clinic.photo_sets import Photo, PhotoSet
from server.clinic.settings import clinic_of
from server.clinic.sign_in import SignedIn
from server.clinic.staff import roles_of
from server.sync.acts import Act
from server.sync.mutations import Args, Rejected, mutation
from server.sync.synced import Row
from server.sync.transaction import Actor, Transaction

PURPOSES = ("record", "teaching", "publish_face", "publish_no_face")
PUBLICATION = ("publish_face", "publish_no_face")
FORMATS = ("png", "pdf")
MOST_PICTURES = 24


class ExportedArgs(Schema):
    photo_ids = list_of(Id(), most=MOST_PICTURES, least=1, required=True)
    purpose = one_of(*PURPOSES, required=True)
    format = one_of(*FORMATS, required=True)
    staff_id = Id(required=True)


@mutation("photo.exported", ExportedArgs)
def exported(tx: Transaction, args: Args) -> None:
    """The server's own act: somebody takes pictures out. Refused where the purpose does not allow it."""
    require(tx, "photo.store")
    photos = [tx.get(Photo, id) for id in args["photo_ids"]]
    if not all(photo and photo["stored"] and not photo["voided"] for photo in photos):
        raise Rejected("not_found", "One of the pictures is not to be had.")
    about = [photo for photo in photos if photo]
    person, purpose = args["staff_id"], args["purpose"]
    actor = Actor(person, roles_of(tx, person))
    for customer in {photo["customer_id"] for photo in about}:
        if not allows(tx, actor, "photo.export", customer):
            raise Rejected("forbidden", "Your role does not take pictures out for this customer.")
        if not has_consent(tx, customer, purpose):
            raise Rejected(
                "gate", "The customer has not agreed to this purpose, or no longer does.", consent=[purpose]
            )
    if purpose in PUBLICATION and clinic_of(tx)["compliance_officer_id"] != person:
        raise Rejected(
            "gate", "Only the clinic's compliance officer takes pictures out for publication.",
            compliance=["officer"],
        )  # fmt: skip
    if purpose == "publish_no_face" and any(
        _shows_a_face(tx.get(PhotoSet, photo["set_id"]), photo["view"]) for photo in about
    ):
        raise Rejected("gate", "One of these views shows the face.", face=["shown"])


def export(connection: Connection, person: SignedIn, photo_ids: list[str], purpose: str, format: str) -> None:
    """Enter it in the log, before it happens. Raises Forbidden, Gated or NotFound."""
    args = {"photo_ids": photo_ids, "purpose": purpose, "format": format, "staff_id": person.staff_id}
    perform_now(connection, person.clinic_id, Act("photo.exported", args))


def _shows_a_face(photo_set: Row | None, view: str) -> bool:
    """Whatever is not known not to."""
    views = catalogue.views(photo_set["region"]) if photo_set else ()
    return not any(one.code == view and not one.face_shown for one in views)
