"""The vectors of tests/vectors/mutations/, through the server's mutators and into the real feed."""

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select

from server.clinic.vip.cases import VipCase, VipScreening
from server.clinic.vip.team import regrant
from server.database import read, write
from server.sync.mutations import Rejected, perform
from server.sync.synced import TABLES, Synced, document_fields
from server.sync.tables import ClinicHead, Feed
from server.sync.transaction import SERVER, Actor, Context, Transaction
from tests.rigs.client import uuid7

FOLDER = Path(__file__).parents[1] / "vectors" / "mutations"
VECTORS = {path.stem: path for path in sorted(FOLDER.glob("*.json"))}
PUBLISHED = {"customer_brief", "treatment_brief", "vip_case_brief", "vip_plan_released", "vip_step_early"}
"""Documents of other tables' rows."""
Documents = dict[tuple[str, str], dict[str, Any]]


def test_there_are_vectors():
    assert len(VECTORS) > 40


@pytest.mark.parametrize("name", VECTORS)
def test_the_server_does_what_the_vector_says(app: Flask, name: str):
    vector = json.loads(VECTORS[name].read_text())
    clinic_id = vector["clinic"]["id"]
    with app.app_context():
        forget(clinic_id)
        load(vector)
        before = documents(clinic_id)
        code = play(vector)
        after = documents(clinic_id)
    expected = vector["expect"]
    assert code == expected.get("rejection")
    if code:
        assert after == before
    for table, partial in expected.get("state", {}).items():
        for fields in partial:
            found = after.get((table, fields["id"]))
            assert found is not None, f"there is no {table} {fields['id']}"
            assert {field: found[field] for field in fields} == fields
    for table, ids in expected.get("absent", {}).items():
        assert not [id for id in ids if (table, id) in after]


def forget(clinic_id: str) -> None:
    """The clinic of the vectors starts from nothing."""
    tables = [*TABLES.values(), Feed]
    with write() as connection:
        for table in tables:
            connection.execute(delete(table).where(table.clinic_id == clinic_id))
        connection.execute(delete(ClinicHead).where(ClinicHead.id == clinic_id))
        connection.execute(ClinicHead.__table__.insert().values(id=clinic_id))


def load(vector: dict[str, Any]) -> None:
    """Insert the documents as rows; who owns or is assigned something is granted it."""
    clinic, actor = vector["clinic"], vector["actor"]
    state: dict[str, list[dict[str, Any]]] = {"clinic": [clinic], **vector["state"]}
    with write() as connection:
        tx = Transaction(connection, clinic["id"], vector["at"])
        for table, rows in state.items():
            for document in rows if table not in PUBLISHED else ():
                insert(tx, table, document, actor["id"])
        for customer in state.get("customer", ()):
            tx.grant(customer["owner_id"], customer["id"], "owner")
        for followup in state.get("followup", ()):
            tx.grant(followup.get("assignee_id"), followup["customer_id"], f"followup:{followup['id']}")
        for treatment in state.get("treatment", ()):
            for member in ("consultant_id", "doctor_id", "nurse_id"):
                tx.grant(treatment.get(member), treatment["customer_id"], f"treatment:{treatment['id']}")
        for case in tx.find(VipCase):
            regrant(tx, case)
        tx.flush()


def insert(tx: Transaction, table: str, document: dict[str, Any], actor_id: str) -> None:
    model = TABLES[table]
    assert issubclass(model, Synced)
    known = document_fields(model)
    entries = {name: value for name, value in document.items() if name not in known}
    assert not entries or model is VipScreening, f"{table} documents have no {set(entries)}"
    hidden = {
        "field_times": {}, "search_text": "", "scope_epoch": 1, "staff_id": actor_id,
        "signature": "M1 1L20 20", "revoke_reason": None,
        "assigned": {}, "form": entries,
        "row_facet": {"customer": "profile", "customer_medical": "medical"}.get(document.get("table", "")),
    }  # fmt: skip
    unsaid = {"customer": {"pinyin": ""}}.get(table, {})  # phones leave it to the server
    said = {name: value for name, value in document.items() if name in known}
    values = {**{name: hidden[name] for name in model.hidden}, **unsaid, **said}
    tx.insert(model, values.pop("id"), **values)


def play(vector: dict[str, Any]) -> str | None:
    """Run the mutation; the code of its refusal, or None."""
    mutation, actor = vector["mutation"], vector["actor"]
    with write() as connection:
        tx = Transaction(connection, vector["clinic"]["id"], vector["at"])
        who = Actor(actor["id"], frozenset(actor["roles"])) if actor["id"] else SERVER
        tx.context = Context(who, vector["at"], mutation["id"] or uuid7())
        try:
            perform(tx, mutation["name"], mutation["args"])
        except Rejected as refusal:
            return refusal.code
        tx.flush()
    return None


def documents(clinic_id: str) -> Documents:
    """What phones would get."""
    with read() as connection:
        rows = connection.execute(
            select(Feed.tbl, Feed.id, Feed.doc).where(Feed.clinic_id == clinic_id, Feed.doc.is_not(None))
        )
        return {(row.tbl, row.id): json.loads(row.doc) for row in rows}
