"""The mutation log: everything is in it, and nobody changes it unseen."""

import pytest
from sqlalchemy import delete, insert, select, update

from server.database import write
from server.sync.log import broken_links, entry_hash
from server.sync.tables import MutationLog
from tests.server.scene import Scene
from tests.sync.protocol.wire import new_customer


@pytest.fixture
def log(clinic):
    """A clinic in which a few things have happened: [entry], oldest first."""
    phone = clinic.phone("customer_service")
    phone.clock_offset_s = -3600
    for number in range(4):
        phone.queue("customer.create", new_customer(name=f"王{number}"))
    phone.queue("no.such.thing", {"任何": "内容"})
    phone.push()
    with Scene(clinic).connection() as connection:
        rows = connection.execute(
            select(MutationLog.__table__)
            .where(MutationLog.clinic_id == clinic.id, MutationLog.seq.is_not(None))
            .order_by(MutationLog.n)
        )
        return [dict(row) for row in rows.mappings()]


def broken(clinic):
    with Scene(clinic).connection() as connection:
        return list(broken_links(connection, clinic.id))


def entry(clinic, n):
    return (MutationLog.clinic_id == clinic.id, MutationLog.n == n)


def test_it_says_who_did_what_when_and_how_it_ended(clinic, log):
    assert broken(clinic) == []
    assert [row["status"] for row in log] == ["applied"] * 4 + ["rejected"]
    refused = log[-1]
    assert "内容" in refused["args"]
    assert refused["staff_id"] == clinic.person("customer_service")
    assert refused["device_at"] < refused["at"] <= refused["received_at"]


@pytest.mark.parametrize("column", ["args", "staff_id", "at", "device_at", "status", "name", "error", "seq"])
def test_a_changed_entry_is_found(clinic, log, column):
    value = 99 if column == "seq" else "changed"
    with clinic.app.app_context(), write() as connection:
        connection.execute(update(MutationLog).where(*entry(clinic, log[2]["n"])).values({column: value}))
    assert broken(clinic) == [log[2]["n"]]


def test_a_changed_entry_with_a_fitting_hash_is_found_at_the_next(clinic, log):
    forged = {**log[2], "staff_id": "somebody else"}
    forged["hash"] = entry_hash(log[1]["hash"], forged)
    with clinic.app.app_context(), write() as connection:
        connection.execute(update(MutationLog).where(*entry(clinic, forged["n"])).values(forged))
    assert broken(clinic) == [log[3]["n"]]


@pytest.mark.parametrize("which", [0, 2, -1])
def test_a_removed_entry_is_found(clinic, log, which):
    with clinic.app.app_context(), write() as connection:
        connection.execute(delete(MutationLog).where(*entry(clinic, log[which]["n"])))
    assert broken(clinic) != []


def test_an_added_entry_is_found(clinic, log):
    extra = {**log[-1], "n": log[-1]["n"] + 1, "seq": 99}
    extra["hash"] = entry_hash(log[-1]["hash"], extra)
    with clinic.app.app_context(), write() as connection:
        connection.execute(insert(MutationLog).values(extra))
    assert broken(clinic) != []
