"""What must be true of a clinic and its phones once all is quiet."""

from collections import Counter
from typing import Any

from sqlalchemy import select

from server.database import read
from server.sync.log import broken_links
from server.sync.tables import MutationLog, Parked
from tests.rigs.client import Device, Key, Mutation, Row
from tests.rigs.people import Clinic
from tests.sync.properties.acts import makes


def visible_to(phone: Device) -> dict[Key, Row]:
    """What a fresh device of the same person would hold."""
    pages = [phone.pull_page(None)]
    while pages[-1]["more"]:
        pages.append(phone.pull_page(pages[-1]["cursor"]))
    return {(table, id): (version, doc) for page in pages for table, id, version, doc in page["rows"]}


def differing(held: dict[Key, Row], wanted: dict[Key, Row]) -> dict[Key, Any]:
    """Rows that are not alike, with both sides: for messages of failing tests."""
    return {
        key: (held.get(key), wanted.get(key))
        for key in held.keys() | wanted.keys()
        if held.get(key) != wanted.get(key)
    }


def check_convergence(phone: Device) -> None:
    """The phone holds what a fresh device would, and its digest agrees."""
    assert differing(phone.visible(), visible_to(phone)) == {}
    assert phone.own_digest() == phone.digest()


def applied_entries(clinic: Clinic) -> Counter[str]:
    """{mutation id: how often the clinic applied it}."""
    with clinic.app.app_context(), read() as connection:
        ids = connection.scalars(
            select(MutationLog.id).where(MutationLog.clinic_id == clinic.id, MutationLog.status == "applied")
        )
        return Counter(ids)


def parked_ids(clinic: Clinic) -> dict[str, str]:
    """{mutation id: why it waits}."""
    with clinic.app.app_context(), read() as connection:
        rows = connection.execute(select(Parked.id, Parked.reason).where(Parked.clinic_id == clinic.id))
        return {row.id: row.reason for row in rows}


def check_chain(clinic: Clinic) -> None:
    with clinic.app.app_context(), read() as connection:
        assert list(broken_links(connection, clinic.id)) == []


def check_exactly_once(
    clinic: Clinic, phones: list[Device], written: dict[str, tuple[Device, Mutation]], seer: dict[Key, Row]
) -> None:
    """Every intent has been answered; what was applied is there, once; what was refused is not.

    seer: the rows of somebody who sees every customer. Attempts are counted on their follow-up, so one
    applied twice would show.
    """
    applied = applied_entries(clinic)
    for id, (phone, mutation) in written.items():
        result = phone.disk.results.get(id)
        assert result is not None, f"{mutation} was never answered"
        assert result["status"] in ("applied", "duplicate", "rejected"), (mutation, result)
        assert applied[id] == (0 if result["error"] else 1), (mutation, result)
        made = makes(mutation)
        if made and not result["error"]:
            assert made in seer, f"{mutation} is acknowledged and not there"
    attempts = Counter(doc["followup_id"] for (table, _), (_, doc) in seer.items() if table == "attempt")
    for (table, id), (_, doc) in seer.items():
        if table == "followup":
            assert doc["attempts"] == attempts[id], doc


def check_rejections(phones: list[Device], written: dict[str, tuple[Device, Mutation]]) -> None:
    """What was refused can be read by its author, whole, until they deal with it."""
    dismissed = {
        mutation.args["id"] for _, mutation in written.values() if mutation.name == "rejection.dismiss"
    }
    for id, (phone, mutation) in written.items():
        result = phone.disk.results[id]
        if not result["error"]:
            continue
        shown = [
            (doc["name"], doc["args"], doc["code"])
            for rejection, doc in phone.rows("rejection").items()
            if rejection not in dismissed
        ]
        there = (mutation.name, mutation.args, result["error"]["code"]) in shown
        assert there or dismissed, f"{mutation} was refused and nobody can read it"
