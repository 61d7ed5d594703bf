"""Who did what, who looked at what: the mutation log, searched.

For the administrator and the compliance officer. It tells who, when, from which device, about what
and which fields; never what was written into them.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, or_, select

from server.clinic.reports import FIRST_YEAR, LAST_YEAR, midnight
from server.clinic.settings import Clinic
from server.clinic.sign_in import SignedIn
from server.database import read
from server.errors import Forbidden, Validation
from server.sync.synced import Row
from server.sync.tables import Device, Feed, MutationLog

# The server's own acts: `staff_id` among the arguments is who made it do them.
LOOKS = ("photo.viewed", "photo.opened", "photo.exported", "vip.printed", "customer.exported")
FOR_SOMEBODY = (
    "photo.viewed", "photo.exported", "photo.stored", "vip.printed", "staff.password_given",
    "staff.second_factor_removed", "customer.exported", "device.taken_in",
)  # fmt: skip
KINDS = ("looks", "changes")
PAGE = 50
PIECE = 1000
MOST_SEARCHED = 20_000

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Question:
    """`about`: a customer, a picture, any record. `by`: a person. Days of the clinic, both included.
    `before`: where the page before this one ended."""

    about: str | None = None
    by: str | None = None
    kind: str | None = None
    field: str | None = None
    first: date | None = None
    last: date | None = None
    before: int | None = None


def search(person: SignedIn, question: Question) -> Row:
    """{"entries": newest first, at most PAGE, "next": pass it as `before`, or None}. One call looks at a
    bounded number of entries, so a page may be short though more is to come. Raises Forbidden, Validation."""
    if any(day and not FIRST_YEAR <= day.year <= LAST_YEAR for day in (question.first, question.last)):
        raise Validation("These are not days of this time.", to=["far"])
    with read() as connection:
        clinic = connection.execute(
            select(Clinic.timezone, Clinic.compliance_officer_id).where(Clinic.clinic_id == person.clinic_id)
        ).one()
        if "clinic_admin" not in person.roles and clinic.compliance_officer_id != person.staff_id:
            raise Forbidden("Only the administrator and the compliance officer read the audit trail.")
        ids = _ids_of(connection, person.clinic_id, question.about)
        found: list[Row] = []
        end = None
        for seen, row in enumerate(_newest_first(connection, person.clinic_id, question, clinic.timezone)):
            if len(found) == PAGE or seen == MOST_SEARCHED:
                break
            end = row["n"]
            if entry := _answers(row, question, ids):
                found.append(entry)
        else:
            end = None
        _name_subjects(connection, person.clinic_id, found)
    return {"entries": found, "next": end}


def _ids_of(connection: Connection, clinic_id: str, about: str | None) -> frozenset[str] | None:
    """The record and all that belongs to it, if it is a customer or a case."""
    if about is None:
        return None
    query = select(Feed.id).where(Feed.clinic_id == clinic_id, Feed.subject == about)
    return frozenset([about, *connection.scalars(query)])


def _newest_first(
    connection: Connection, clinic_id: str, question: Question, zone: str | None
) -> Iterator[Any]:
    log = MutationLog
    conditions = [log.clinic_id == clinic_id]
    if question.by:
        conditions.append(or_(log.staff_id == question.by, log.args.contains(question.by)))
    if question.kind:
        is_look = log.name.in_(LOOKS)
        conditions.append(is_look if question.kind == "looks" else ~is_look)
    if question.first:
        conditions.append(log.at >= midnight(question.first, zone))
    if question.last:
        conditions.append(log.at < midnight(question.last + timedelta(days=1), zone))
    query = (
        select(log.__table__, Device.name.label("device_name"))
        .outerjoin(Device, (Device.id == log.device_id) & (Device.clinic_id == log.clinic_id))
        .order_by(log.n.desc())
        .limit(PIECE)
    )
    before = question.before
    while True:
        here = conditions if before is None else [*conditions, log.n < before]
        rows = connection.execute(query.where(*here)).mappings().all()
        yield from rows
        if len(rows) < PIECE:
            return
        before = rows[-1]["n"]


def _answers(row: Any, question: Question, ids: frozenset[str] | None) -> Row | None:
    """The entry as it is told; None if it is not what was asked for."""
    named = list(dict.fromkeys(_ID.findall(row["args"])))
    if ids is not None and ids.isdisjoint(named):
        return None
    args = orjson.loads(row["args"])
    args = args if isinstance(args, dict) else {}
    on_behalf = row["staff_id"] is None and row["name"] in FOR_SOMEBODY
    who = args.get("staff_id") if on_behalf else row["staff_id"]
    fields = sorted(_fields(args))
    if (question.by and who != question.by) or (question.field and question.field not in fields):
        return None
    error = orjson.loads(row["error"]) if row["error"] else {}
    return {
        "n": row["n"], "at": row["at"], "received_at": row["received_at"], "staff_id": who,
        "device": row["device_name"], "name": row["name"], "status": row["status"],
        "code": error.get("code"), "fields": fields, "ids": named,
    }  # fmt: skip


def _fields(args: Row) -> Iterable[str]:
    """What was set: names only."""
    if isinstance(changed := args.get("set"), dict):
        return changed
    return (name for name in args if name not in ("id", "seen") and not name.endswith("_id"))


def _name_subjects(connection: Connection, clinic_id: str, entries: list[Row]) -> None:
    """Puts to each entry the ids of its customer and of its one picture, and leaves out the others."""
    ids = {id for entry in entries for id in entry["ids"]}
    subject_of: dict[str, str] = {}
    rows = connection.execute(
        select(Feed.id, Feed.tbl, Feed.subject).where(Feed.clinic_id == clinic_id, Feed.id.in_(ids))
    ).all()
    briefs = select(Feed.id).where(
        Feed.clinic_id == clinic_id, Feed.tbl == "customer_brief",
        Feed.id.in_(ids | {row.subject for row in rows}),
    )  # fmt: skip
    customers = set(connection.scalars(briefs))
    for row in rows:
        if row.subject in customers:
            subject_of[row.id] = row.subject
    pictures = {row.id for row in rows if row.tbl == "photo"}
    for entry in entries:
        named = entry.pop("ids")
        about = (subject_of.get(id) for id in named)
        entry["customer_id"] = next((id for id in about if id), None)
        shown = pictures.intersection(named)
        entry["photo_id"] = shown.pop() if len(shown) == 1 else None
