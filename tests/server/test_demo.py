"""The demo clinic: the same for a seed, staffed in every role, and never an empty day for a caller."""

import hashlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import flask_migrate
import pytest
from flask import Flask

from server import create_app
from server.clinic.opening import clinic_id_of
from server.clinic.permissions import ROLES
from server.clinic.planning import DEFAULT_RULES, day_start, end_of_day
from server.config import Config
from server.demo import album, create_demo, written
from server.demo.people import STAFF
from server.demo.vips import JOURNEYS
from server.instants import instant, parsed
from tests.photos.pictures import verdict
from tests.rigs.client import Device
from tests.rigs.doors import AppDoor

PASSWORD = "meidang-demo"
NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
CUSTOMERS = 24


def phone(app: Flask, code: str, login: str) -> Device:
    device = Device(AppDoor(app), code, login, PASSWORD)
    device.login()
    device.pull()
    return device


def opened(url: str, data_dir: Path) -> Flask:
    """The application on a migrated database of its own."""
    app = create_app(Config.from_env({"DATABASE_URL": url, "DATA_DIR": str(data_dir)}))
    with app.app_context():
        flask_migrate.upgrade()
    return app


@pytest.fixture(scope="module")
def app(fresh_database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    # One engine is enough: a test below shows that both hold the same documents.
    with fresh_database("sqlite") as url:
        yield opened(url, tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module")
def demo_at(app: Flask) -> Callable[[float], str]:
    """demo_at(hours): the code of a demo clinic made so many hours after noon."""

    @cache
    def make(hours: float) -> str:
        code = f"demo{hours}"
        with app.app_context():
            create_demo(code, CUSTOMERS, seed=1, now=NOON + timedelta(hours=hours), password=PASSWORD)
        return code

    return make


@pytest.fixture(scope="module")
def demo(demo_at) -> str:
    return demo_at(0)


def test_every_role_has_a_sign_in_named_like_it(app: Flask, demo: str) -> None:
    for role in ROLES:
        assert phone(app, demo, role).staff["roles"] == [role]


def test_the_roles_that_work_side_by_side_are_staffed_more_than_once() -> None:
    holders = [role for _, _, role in STAFF]
    assert {role: holders.count(role) for role in set(holders) if holders.count(role) > 1} == {
        "consultant": 3,
        "nurse": 3,
        "doctor": 2,
        "customer_service": 2,
        "front_desk": 2,
        "consult_assistant": 2,
    }


def test_the_partner_consultant_belongs_to_the_one_salon(app: Flask, demo: str) -> None:
    lead = phone(app, demo, "cs_lead")
    (salon,) = lead.rows("partner")
    assert [p["login"] for p in lead.rows("staff").values() if p["partner_id"] == salon] == [
        "partner_consultant"
    ]


def test_the_same_seed_and_now_make_the_same_documents_on_every_database(fresh_database, tmp_path) -> None:
    seen = []
    for engine in ("sqlite", "postgresql"):
        with fresh_database(engine) as url:
            app = opened(url, tmp_path / engine)
            with app.app_context():
                create_demo("demo", CUSTOMERS, seed=7, now=NOON, password=PASSWORD)
            seen.append(phone(app, "demo", "cs_lead").visible())
    assert seen[0] == seen[1]


def test_another_seed_makes_another_clinic() -> None:
    one, same, other = (written("demo", CUSTOMERS, seed, NOON) for seed in (1, 1, 2))
    assert one.acts == same.acts
    assert one.clinic_id == same.clinic_id
    assert one.clinic_id != other.clinic_id
    assert names(one) != names(other)


def names(script: Any) -> list[str]:
    return [act.args["name"] for act in script.acts if act.name == "customer.create"]


@pytest.mark.parametrize("hours", [-11.9, -9, 0, 7, 11.95], ids=["0:06", "3:00", "12:00", "19:00", "23:57"])
def test_everything_happens_before_now_and_after_what_it_is_about(hours: float) -> None:
    now = instant(NOON + timedelta(hours=hours))
    there: dict[str, str] = {}
    for act in sorted(
        written("demo", 200, 3, NOON + timedelta(hours=hours)).acts, key=lambda act: act.at or ""
    ):
        assert act.at is not None
        assert act.at < now
        for about in ("customer_id", "followup_id", "referrer_id", "case_id"):
            assert act.args.get(about) is None or there[act.args[about]] < act.at
        if act.name in ("followup.reschedule", "customer.update", "appointment.cancel"):
            assert there[act.args["id"]] < act.at
        if "id" in act.args:
            there.setdefault(act.args["id"], act.at)
        if act.name == "treatment.complete":
            there |= {str(uuid5(UUID(act.args["id"]), rule["code"])): act.at for rule in DEFAULT_RULES}
        elif act.args.get("outcome") == "wrong_number":
            there[str(uuid5(UUID(act.args["id"]), "correct_phone"))] = act.at


@pytest.mark.parametrize("hours", [-11.9, 0, 11.95], ids=["0:06", "12:00", "23:57"])
def test_nobody_who_calls_signs_in_to_an_empty_day(app: Flask, demo_at, hours: float) -> None:
    callers = [login for login, _, role in STAFF if role in ("consultant", "consult_assistant")]
    for login in ("customer_service", "nurse", *callers):
        groups = today(phone(app, demo_at(hours), login), NOON + timedelta(hours=hours))
        assert all(groups.values()), (login, {name: len(rows) for name, rows in groups.items()})
    for login in ("doctor", "doctor2"):
        device = phone(app, demo_at(hours), login)
        (urgent,) = [f for f in mine(device) if f["rule"] == "doctor_escalation"]
        assert device.rows("followup")[urgent["parent_id"]]["status"] == "escalated"


def mine(device: Device) -> list[dict[str, Any]]:
    """Open follow-ups of the person, or of their role and nobody in particular."""
    me, followups = device.staff, device.rows("followup").values()
    own = [f for f in followups if f["assignee_id"] == me["id"]]
    shared = [f for f in followups if f["assignee_id"] is None and f["role"] in me["roles"]]
    return [f for f in own + shared if f["status"] == "open"]


def today(device: Device, now: datetime) -> dict[str, list[dict[str, Any]]]:
    """The groups of Today."""
    at, end = instant(now), end_of_day(instant(now), "Asia/Shanghai")
    asked = {a["followup_id"] for a in device.rows("attempt").values() if a["outcome"] == "asked_callback"}
    due = [
        followup for followup in mine(device) if followup["due_at"] >= at and followup["planned_at"] <= end
    ]
    return {
        "overdue": [f for f in mine(device) if f["due_at"] < at],
        "due now": [f for f in due if f["planned_at"] <= at],
        "later today": [f for f in due if f["planned_at"] > at and f["id"] not in asked],
        "waiting for the call back": [f for f in due if f["planned_at"] > at and f["id"] in asked],
        "unanswered twice": [f for f in mine(device) if f["unanswered"] == 2],
    }


def test_two_months_of_every_kind_of_treatment_lie_behind(app: Flask, demo: str) -> None:
    treatments = phone(app, demo, "cs_lead").rows("treatment").values()
    performed = [parsed(t["performed_at"]) for t in treatments if t["status"] == "complete"]
    assert {t["category"] for t in treatments} == {"surgery", "laser_skin", "injectable", "dental"}
    assert NOON - timedelta(days=62) < min(performed) < NOON - timedelta(days=40)
    assert NOON - timedelta(days=7) < max(performed) < NOON


def test_most_of_what_was_owed_has_been_done(app: Flask, demo: str) -> None:
    followups = phone(app, demo, "cs_lead").rows("followup").values()
    over = [f for f in followups if f["due_at"] < day_start(instant(NOON), "Asia/Shanghai", -3)]
    assert sum(f["status"] == "done" for f in over) > 0.8 * len(over)


def test_nobody_real_can_be_rung_up(app: Flask, demo: str) -> None:
    customers = phone(app, demo, "cs_lead").rows("customer").values()
    numbers = [number for customer in customers for number in customer["phones"]]
    assert len(set(numbers)) == CUSTOMERS + len(JOURNEYS)
    assert all(number.startswith("1990000") for number in numbers)


@pytest.mark.parametrize("hours", [-11.9, 0, 11.95], ids=["0:06", "12:00", "23:57"])
def test_vip_cases_stand_at_every_stage_of_the_journey(app: Flask, demo_at, hours: float) -> None:
    lead = phone(app, demo_at(hours), "cs_lead")
    cases = sorted(lead.rows("vip_case").values(), key=lambda case: case["arrival_at"])
    steps = lead.rows("vip_step").values()
    assert [case["status"] for case in cases] == ["closed"] * 2 + ["confirmed"] * 4 + [
        "reviewed",
        "screening",
    ]
    over, here, planning = cases[2], cases[3], cases[5]
    assert over["stage"] in ("after_care", "farewell")
    assert here["stage"] in ("arrival", "consultation")
    assert planning["stage"] == "plan"
    late = [s["code"] for s in steps if s["case_id"] == here["id"] and s["state"] == "todo" and s["due_at"]]
    assert "room" in late
    assert [s["case_id"] for s in steps if s["contested"]] == [here["id"]]
    treated = {t["customer_id"] for t in lead.rows("treatment").values()}
    owed = {f["customer_id"] for f in lead.rows("followup").values()}
    assert {over["customer_id"], *(case["customer_id"] for case in cases[:2])} <= treated & owed


def test_minors_have_a_guardian_on_file() -> None:
    script = written("demo", 300, 1, NOON)
    customers = [act.args for act in script.acts if act.name == "customer.create"]
    minors = [c for c in customers if NOON.date().year - int(c["birth_date"][:4]) < 18]
    assert minors
    assert all(c["preferences"]["guardian"] for c in minors)


def test_a_clinic_too_small_for_its_consultants_is_not_made(app: Flask) -> None:
    with app.app_context(), pytest.raises(ValueError, match="at least"):
        create_demo("demo-tiny", 5, seed=1, now=NOON, password=PASSWORD)


def test_some_have_finished_sets_of_drawn_pictures_to_compare(
    app: Flask, demo: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(album, "SHOWN", 1)
    lead = phone(app, demo, "consult_lead")
    with app.app_context():
        clinic_id = clinic_id_of(demo)
        store = app.extensions["meidang"].store
        assert album.show_pictures(clinic_id, store, instant(NOON)) == 20
    lead.pull()
    shown = list(lead.rows("photo_set").values())
    sets = {one["time_point"]: one for one in shown if not one["vip_case_id"]}
    [first] = [one for one in shown if one["vip_case_id"]]
    assert lead.rows("vip_case")[first["vip_case_id"]]["status"] == "screening"
    assert {point: one["status"] for point, one in sets.items()} == dict.fromkeys(album.DAYS, "finished")
    assert sets["m1"]["baseline_set_id"] == sets["pre"]["id"]
    for photo in lead.rows("photo").values():
        assert photo["stored"]
        data = lead.call("GET", f"/api/photos/{photo['id']}/original").body
        assert hashlib.sha256(data).hexdigest() == photo["sha256"]
        assert verdict(data) == "taken"
