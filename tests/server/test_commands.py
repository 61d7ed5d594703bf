"""The `flask` commands: what they change, and how they refuse."""

import pytest
from sqlalchemy import delete, select, update

from server import create_app
from server.clinic.sign_in import Session
from server.database import read, write
from server.demo.vips import JOURNEYS
from server.sync.tables import ClinicHead, MutationLog
from tests.conftest import configured
from tests.rigs.client import Refused
from tests.rigs.people import PASSWORD
from tests.sync.protocol.wire import new_customer


@pytest.fixture
def run(app):
    """run("staff-add", ...): the exit code and the output of a command."""

    def run(*arguments: str, **options):
        result = app.test_cli_runner().invoke(args=list(arguments), **options)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return run


@pytest.fixture
def code(clinic):
    """A code that no clinic has."""
    return f"{clinic.code}-new"


def test_a_clinic_is_created_with_an_administrator_who_can_sign_in(run, code, clinic):
    result = run("clinic-create", code, "新诊所", "--admin-password", PASSWORD)
    assert (result.exit_code, code in result.output) == (0, True)
    admin = clinic.phone("clinic_admin", signed_in=False)
    admin.clinic, admin.login_name = code, "admin"
    assert admin.login()["roles"] == ["clinic_admin"]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("clinic-create", "{taken}", "x", "--admin-password", PASSWORD), "already"),
        (("clinic-create", "{code}", "", "--admin-password", PASSWORD), "name"),
        (
            ("clinic-create", "{code}", "x", "--timezone", "Asia/Atlantis", "--admin-password", PASSWORD),
            "time zone",
        ),
        (("staff-add", "nowhere", "a", "b", "--role", "nurse", "--password", PASSWORD), "nowhere"),
        (("staff-add", "{taken}", "a", "b", "--role", "pilot", "--password", PASSWORD), "pilot"),
        (("staff-add", "{taken}", "nurse", "b", "--role", "nurse", "--password", PASSWORD), "taken"),
        (("staff-leave", "{taken}", "nobody"), "nobody"),
        (("password-set", "{taken}", "nobody", "--password", PASSWORD), "nobody"),
        (("clinic-create", "{code}", "x", "--admin-password", "seven77"), "at least 8"),
        (("staff-add", "{taken}", "a", "b", "--role", "nurse", "--password", "seven77"), "at least 8"),
        (("password-set", "{taken}", "nurse", "--password", "seven77"), "at least 8"),
        (("compliance-officer", "{taken}", "nobody"), "nobody"),
        (("demo", "--code", "{code}", "--customers", "1"), "at least"),
        (("restore", "/nowhere/x.zip"), "No such file"),
        (("backup",), "BACKUP_DIR"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_a_refusal_is_a_line_of_reason(run, clinic, code, arguments, reason):
    clinic.person("nurse")
    result = run(*(a.format(taken=clinic.code, code=code) for a in arguments))
    assert result.exit_code != 0
    assert reason in result.output
    assert "Traceback" not in result.output


def test_a_command_needs_a_migrated_database_and_says_so(fresh_database, engine, tmp_path):

    with fresh_database(engine) as url:
        empty = create_app(configured(url, tmp_path)).test_cli_runner()
        for command in (
            ["audit-verify"],
            ["prune"],
            ["backup", str(tmp_path / "b")],
            ["staff-leave", "a", "b"],
        ):
            result = empty.invoke(args=command)
            assert result.exit_code == 1
            assert "db upgrade" in result.output


def test_a_person_is_added_with_several_roles(run, clinic):
    result = run(
        "staff-add", clinic.code, "li", "李", "--role", "nurse", "--role", "doctor", "--password", PASSWORD
    )
    assert result.exit_code == 0
    phone = clinic.phone("nurse", signed_in=False)
    phone.login_name = "li"
    assert set(phone.login()["roles"]) == {"nurse", "doctor"}


def test_who_leaves_is_wiped_and_cannot_sign_in(run, clinic):
    nurse, doctor = clinic.phone("nurse"), clinic.phone("doctor")
    assert run("staff-leave", clinic.code, "nurse").exit_code == 0
    with pytest.raises(Refused) as told:
        nurse.pull()
    assert (told.value.code, told.value.fields) == ("device_revoked", {"mode": "wipe"})
    with pytest.raises(Refused) as told:
        nurse.login()
    assert told.value.code == "unauthenticated"
    doctor.pull()
    assert doctor.rows("staff")[clinic.person("nurse")]["active"] is False


def test_who_leaves_may_be_asked_to_deliver_first(run, clinic):
    person, lead = clinic.phone("customer_service"), clinic.phone("cs_lead")
    waiting = person.queue("customer.create", new_customer())
    assert run("staff-leave", clinic.code, "customer_service", "--devices", "collect").exit_code == 0
    with pytest.raises(Refused) as told:
        person.pull()
    assert told.value.fields == {"mode": "collect"}
    assert person.push()[0]["status"] == "applied"
    lead.pull()
    assert waiting.args["id"] in lead.rows("customer")


def test_a_new_password_signs_out_everywhere_and_keeps_the_devices(run, clinic, outsider):
    nurse = clinic.phone("nurse")
    device = nurse.disk.device_id
    assert run("password-set", clinic.code, "nurse", "--password", "another quiet one").exit_code == 0
    with pytest.raises(Refused) as told:
        nurse.pull()
    assert told.value.code == "unauthenticated"
    with pytest.raises(Refused):
        nurse.login()
    nurse.password = "another quiet one"
    assert nurse.login()["device"]["id"] == device
    outsider.pull()


def test_a_demo_clinic_is_made_of_any_size(run, clinic, code):
    result = run("demo", "--code", code, "--customers", "20", "--seed", "3", "--password", PASSWORD)
    assert result.exit_code == 0, result.output
    phone = clinic.phone("customer_service", signed_in=False)
    phone.clinic = code
    phone.login()
    phone.pull()
    assert len(phone.rows("customer")) == 20 + len(JOURNEYS)
    again = run("demo", "--code", code, "--customers", "20", "--seed", "3", "--password", PASSWORD)
    assert again.exit_code == 1
    assert "already" in again.output


def test_the_audit_trail_shows_what_was_changed_after_the_fact(run, clinic, app):

    phone = clinic.phone("customer_service")
    for _ in range(3):
        phone.do("customer.create", new_customer())
    whole = run("audit-verify")
    assert f"{clinic.code}: whole" in whole.output
    with app.app_context(), write() as connection:
        connection.execute(
            update(MutationLog)
            .where(MutationLog.clinic_id == clinic.id, MutationLog.n == 2)
            .values(args="{}")
        )
    broken = run("audit-verify")
    assert broken.exit_code == 1
    assert f"{clinic.code}: BROKEN" in broken.output
    with app.app_context(), write() as connection:  # others of this run verify too
        connection.execute(delete(MutationLog).where(MutationLog.clinic_id == clinic.id))
        connection.execute(update(ClinicHead).where(ClinicHead.id == clinic.id).values(log_n=0, log_hash=""))


def test_pruning_ends_expired_sessions_only(run, clinic, app):

    old, new = clinic.phone("nurse"), clinic.phone("doctor")

    def of(phone):
        return Session.device_id == phone.disk.device_id

    with app.app_context(), write() as connection:
        connection.execute(update(Session).where(of(old)).values(expires_at="2020-01-01T00:00:00.000Z"))
    assert run("prune").exit_code == 0
    with app.app_context(), read() as connection:
        found = connection.scalars(select(Session.device_id).where(of(old) | of(new))).all()
    assert found == [new.disk.device_id]
    new.pull()


def test_the_compliance_officer_is_named_and_taken_back(run, clinic):
    lead = clinic.phone("consult_lead")
    for arguments, officer in (((lead.login_name,), lead.staff["id"]), ((), None)):
        assert run("compliance-officer", clinic.code, *arguments).exit_code == 0
        lead.pull()
        assert lead.rows("clinic")[clinic.id]["compliance_officer_id"] == officer
