"""The table of roles (role_table.py), through the real door: who may do what, who holds what."""

from typing import Any

import pytest
from sqlalchemy import select

from server.sync.mutations import REGISTER
from server.sync.synced import TABLES, Synced
from server.sync.tables import Feed
from tests.rigs.client import uuid7
from tests.rigs.people import Clinic
from tests.server.role_table import DIRECTORY, HOLDS, MAY, ON_ONES_OWN_CLINIC, PERSONAL, ROLES
from tests.server.scene import Scene
from tests.server.targets import Targets, conflict, notice, own_settings, rejection


def whose(act: str) -> tuple[str, ...]:
    """The situations an act is tried in."""
    if act.startswith("clinic.set_"):
        return ("own",)  # twice would be another story: new rules are made from those seen
    on_a_followup = act.startswith("followup.") and act != "followup.create"
    return ("own", "others", "assigned", "role") if on_a_followup else ("own", "others")


def expected(act: str, situation: str, role: str) -> str:
    """applied, forbidden, or not_found for what is another person's and personal."""
    row = {scope: roles.split() for scope, roles in MAY[act].items()}
    if role in row.get("all", ()) or role in row.get(situation, ()):
        return "applied"
    if situation == "assigned" and role in row.get("own", ()) and act != "followup.create":
        return "applied"  # who is assigned a follow-up owns the customer too
    if act == "clinic.open" and role == "clinic_admin":
        return "conflict"  # theirs is open already
    return "not_found" if act in PERSONAL else "forbidden"


def judged(phone: Any, mutations: list[tuple[Any, str, dict[str, Any]]]) -> dict[Any, str]:
    """Send all in one push; {key: "applied" or the code of the refusal}."""
    sent = {phone.queue(name, args).id: key for key, name, args in mutations}
    phone.push()
    results = phone.disk.results
    return {key: (results[id]["error"] or {"code": "applied"})["code"] for id, key in sent.items()}


def test_every_mutation_has_a_row():
    assert {act.split()[0] for act in MAY} == set(REGISTER) - {n for n in REGISTER if n.startswith("test.")}


@pytest.mark.parametrize("role", ROLES)
def test_a_role_may_do_what_the_table_says_and_nothing_else(clinic: Clinic, role: str):
    phone = clinic.phone(role)
    targets = Targets(Scene(clinic), phone.staff["id"], role, clinic.person("consultant", 2))
    with targets.scene.at_once():
        tries = [
            ((act, situation), act.split()[0], targets.of(act, situation))
            for act in MAY
            for situation in whose(act)
        ]
    wanted = {key: expected(*key, role) for key, _, _ in tries}
    assert judged(phone, tries) == wanted


@pytest.mark.parametrize("role", ROLES)
def test_nobody_reaches_another_clinic(clinic: Clinic, app, open_door, role: str):
    phone = clinic.phone(role)
    other = Clinic(app, open_door)
    somebody = other.person("consultant")
    targets = Targets(Scene(other), somebody, role, somebody)
    about_something = [act for act in MAY if act not in ON_ONES_OWN_CLINIC]
    with targets.scene.at_once():
        tries = [(act, act.split()[0], targets.of(act, "others")) for act in about_something]
    with Scene(other).connection() as connection:
        before = feed(connection, other.id)
    codes = judged(phone, tries)
    with Scene(other).connection() as connection:
        assert feed(connection, other.id) == before
    assert set(codes.values()) <= {"not_found", "forbidden"}
    for act, code in codes.items():
        if role in MAY[act].get("all", "").split() or role in MAY[act].get("own", "").split():
            assert code == "not_found", act


def feed(connection: Any, clinic_id: str) -> list[Any]:
    rows = connection.execute(
        select(Feed.tbl, Feed.id, Feed.version).where(Feed.clinic_id == clinic_id).order_by(Feed.tbl, Feed.id)
    )
    return [tuple(row) for row in rows]


def test_every_table_of_documents_has_a_row():
    published = {name for name, table in TABLES.items() if issubclass(table, Synced)}
    briefs = {
        "customer_brief", "treatment_brief", "vip_case_brief", "vip_step_early", "vip_plan_released",
    }  # fmt: skip
    assert {table.split()[0] for table in HOLDS} == published | briefs


def stage(scene: Scene, targets: Targets, whose: str) -> str:
    """A customer with a row in every table; returns the customer's id."""
    customer = scene.customer(targets.actor_id if whose == "own" else None)
    scene.perform("customer.update_medical", targets.customer_update_medical(customer, whose))
    scene.perform("alert.raise", targets.alert_raise(customer, whose))
    scene.perform("appointment.book", targets.appointment_book(customer, whose))
    scene.treatment(customer)
    followup = scene.followup(customer)
    scene.perform(
        "followup.attempt",
        {"id": uuid7(), "followup_id": followup, "channel": "call", "outcome": "refused", "content": {}},
    )
    scene.perform("attempt.review", targets.attempt_review(customer, whose))
    scene.perform("day.sign_off", targets.day_sign_off_for_somebody_else(customer, whose))
    scene.perform("message.sent", targets.message_sent(customer, whose))
    scene.perform("photo.add", targets.photo_add(customer, whose))
    scene.perform("vip.plan.answer", targets.vip_plan_answer(customer, whose))
    conflict(scene, customer, "customer", "profile", "source", None, "朋友")
    conflict(scene, customer, "customer_medical", "medical", "notes", "", "晕针")
    return customer


@pytest.mark.parametrize("role", ROLES)
def test_a_role_holds_what_the_table_says_and_nothing_else(clinic: Clinic, app, open_door, role: str):
    phone = clinic.phone(role)
    me, colleague = phone.staff["id"], clinic.person("consultant", 2)
    scene = Scene(clinic)
    targets = Targets(scene, me, role, colleague)
    customers = {stage(scene, targets, "own"): "own", stage(scene, targets, "others"): "others"}
    people = {me: "own", colleague: "others"}
    personal = {
        make(scene, person): whose
        for person, whose in people.items()
        for make in (notice, own_settings, rejection)
    }
    scene.perform("partner.add", targets.partner_add())
    elsewhere = Clinic(app, open_door)
    foreign = Scene(elsewhere)
    stage(foreign, Targets(foreign, me, role, elsewhere.person("consultant")), "others")

    phone.pull()
    held = set()
    for (table, id), (_, doc) in phone.disk.rows.items():
        kind = f"{table} of the medical part" if doc.get("table") == "customer_medical" else table
        unasked = "own" if kind == "notice" else "clinic"  # of what has happened on the stage
        held.add((kind, customers.get(doc.get("customer_id") or id) or personal.get(id) or unasked))
    wanted = set()
    for kind, row in HOLDS.items():
        if kind in DIRECTORY:
            wanted.add((kind, "clinic"))
            continue
        wanted |= {(kind, "clinic")} if role in row.get("clinic", "").split() else set()
        everybody, own = row.get("all", "").split(), row.get("own", "").split()
        wanted |= {(kind, "own")} if role in (*everybody, *own) else set()
        wanted |= {(kind, "others")} if role in everybody else set()
    assert held == wanted
    assert phone.digest() == phone.own_digest()


def test_a_person_of_two_roles_has_both(clinic: Clinic):
    clinic.person("finance", roles=("nurse",))
    phone = clinic.phone("finance")
    scene = Scene(clinic)
    customer = stage(scene, Targets(scene, phone.staff["id"], "nurse", clinic.person("consultant")), "others")
    phone.pull()
    assert customer in phone.rows("customer")
    assert phone.do("alert.raise", Targets(scene, "", "", "").alert_raise(customer, ""))["error"] is None
