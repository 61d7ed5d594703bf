"""Customers: the profile, the name that everybody may see, and what a phone keeps of them."""

from collections.abc import Iterator
from typing import Any

from marshmallow import Schema, fields
from sqlalchemy import JSON, Index
from sqlalchemy.orm import Mapped, mapped_column

from server.clinic.conflicts import MERGED, Merged, merge
from server.clinic.fields import Day, Id, list_of, one_of, text
from server.clinic.names import form_of, pinyin_of, surname_of
from server.clinic.permissions import may, require
from server.clinic.staff import Staff
from server.sync.grants import KEEP
from server.sync.mutations import Args, Rejected, mutation
from server.sync.synced import Document, Row
from server.sync.transaction import Transaction


class Customer(Merged):
    """The profile (facet profile) and, for those who see names only, `customer_brief`."""

    __tablename__ = "customer"
    __table_args__ = (Index(None, "clinic_id", "owner_id"),)
    facet = "profile"
    subject_column = "id"
    hidden = frozenset({"field_times", "search_text"})
    write_act = "customer.write"

    name: Mapped[str]
    gender: Mapped[str | None]
    birth_date: Mapped[str | None]
    phones: Mapped[list[Any]] = mapped_column(JSON, info={"items": "string"})
    source: Mapped[str | None]
    referrer_id: Mapped[str | None]
    owner_id: Mapped[str | None]
    preferences: Mapped[dict[str, Any]] = mapped_column(JSON)
    pinyin: Mapped[str]
    search_text: Mapped[str]

    @classmethod
    def publish(cls, row: Row) -> Iterator[Document]:
        yield from super().publish(row)
        brief = {
            "id": row["id"], "customer_id": row["id"], "surname": surname_of(row["name"]),
            "form": form_of(row["gender"]), "created_at": row["created_at"],
            "updated_at": row["updated_at"], "updated_by": row["updated_by"],
        }  # fmt: skip
        yield Document("customer_brief", row["id"], "name", row["id"], brief)

    @classmethod
    def guard(cls, tx: Transaction, row: Row, values: Args) -> None:
        if values.get("owner_id", row["owner_id"]) != row["owner_id"]:
            require(tx, "customer.change_owner", row["id"])

    @classmethod
    def follow(cls, tx: Transaction, before: Row, after: Row) -> None:
        if (after["name"], after["phones"]) != (before["name"], before["phones"]):
            tx.update(cls, after["id"], **_found_by(after["name"], after["phones"]))
        if after["owner_id"] != before["owner_id"]:
            from server.clinic import followups  # which are about customers

            tx.revoke(before["owner_id"], after["id"], "owner")
            tx.grant(after["owner_id"], after["id"], "owner")
            followups.pass_to_owner(tx, after["id"], before["owner_id"], after["owner_id"])


MERGED["customer"] = Customer


class Profile(Schema):
    """The fields a person may edit."""

    name = text(100, shortest=1)
    gender = one_of("female", "male", allow_none=True)
    birth_date = Day(allow_none=True)
    phones = list_of(text(40, shortest=1), most=10)
    source = text(200, allow_none=True)
    referrer_id = Id(allow_none=True)
    owner_id = Id(allow_none=True)
    preferences = fields.Dict(keys=text(60))


class CreateArgs(Profile):
    id = Id(required=True)
    name = text(100, shortest=1, required=True)
    phones = list_of(text(40, shortest=1), most=10, required=True)


class UpdateArgs(Schema):
    id = Id(required=True)
    set = fields.Nested(Profile, required=True)
    seen = fields.Dict(keys=fields.String(), load_default=dict)


class KeepArgs(Schema):
    customer_id = Id(required=True)


class ReleaseArgs(KeepArgs):
    pass


@mutation("customer.create", CreateArgs, id=Customer)
def create(tx: Transaction, args: Args) -> None:
    """A new customer; a consultant's or channel developer's becomes their own."""
    me = tx.actor.staff_id
    if tx.get(Customer, args["id"]):
        raise Rejected("conflict", "This customer is on file already.")
    values: Args = {
        "gender": None, "birth_date": None, "source": None, "referrer_id": None, "owner_id": None,
        "preferences": {}, **args,
    }  # fmt: skip
    if not may(tx, "customer.write"):
        if not tx.actor.roles & {"consultant", "channel_dev"}:
            require(tx, "customer.write")
        if "consultant" in tx.actor.roles and values["owner_id"] is None:
            values["owner_id"] = me
        if values["owner_id"] not in (None, me):
            raise Rejected("forbidden", "Only a lead puts a customer into other hands.")
        if "channel_dev" in tx.actor.roles:
            tx.grant(me, args["id"], "brought")
    _check_people(tx, values)
    id = values.pop("id")
    tx.insert(Customer, id, **values, **_found_by(values["name"], values["phones"]), field_times={})
    tx.grant(values["owner_id"], id, "owner")


@mutation("customer.update", UpdateArgs, id=Customer)
def update(tx: Transaction, args: Args) -> None:
    """Change fields; `seen` holds the values they had on the author's screen."""
    customer = customer_of(tx, args["id"])
    require(tx, "customer.write", customer["id"])
    Customer.guard(tx, customer, args["set"])
    _check_people(tx, args["set"])
    merge(tx, Customer, customer, args["set"], args["seen"])


@mutation("customer.keep", KeepArgs, customer_id=Customer)
def keep(tx: Transaction, args: Args) -> None:
    """Hold a customer beyond the working set on this person's devices."""
    customer_of(tx, args["customer_id"])
    tx.grant(tx.actor.staff_id, args["customer_id"], KEEP)


@mutation("customer.release", ReleaseArgs, customer_id=Customer)
def release(tx: Transaction, args: Args) -> None:
    customer_of(tx, args["customer_id"])
    tx.revoke(tx.actor.staff_id, args["customer_id"], KEEP)


def customer_of(tx: Transaction, id: str) -> Row:
    """The customer; raises Rejected("not_found")."""
    customer = tx.get(Customer, id)
    if customer is None:
        raise Rejected("not_found", "There is no such customer.")
    return customer


def _found_by(name: str, phones: list[str]) -> Args:
    """What the online search looks through: name, pinyin, initials, digits of the phones."""
    pinyin = pinyin_of(name)
    syllables = pinyin.split()
    digits = ["".join(c for c in phone if c.isdigit()) for phone in phones]
    forms = [name.casefold(), pinyin, "".join(syllables), "".join(s[0] for s in syllables), *digits]
    return {"pinyin": pinyin, "search_text": "|".join(forms)}


def _check_people(tx: Transaction, values: Args) -> None:
    owner, referrer = values.get("owner_id"), values.get("referrer_id")
    if owner and not tx.get(Staff, owner):
        raise Rejected("validation", "There is no such owner.", owner_id=["unknown"])
    if referrer and not tx.get(Customer, referrer):
        raise Rejected("validation", "There is no such referrer.", referrer_id=["unknown"])
