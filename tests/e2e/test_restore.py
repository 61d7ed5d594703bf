"""The drill: a lost server is restored from a backup made under load; sealed phones bring back the rest."""

import threading
from contextlib import contextmanager

import flask_migrate
import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import application
from tests.rigs.server import Server
from tests.sync.protocol.wire import new_customer

SERVICE, LEAD = "customer_service", "cs_lead"


@pytest.fixture
def database(tmp_path):
    """A database of this test's own: it loses it."""
    database = tmp_path / "data" / "meidang.sqlite3"
    database.parent.mkdir()
    with application(database).app_context():
        flask_migrate.upgrade()
    return database


@pytest.fixture
def app(database):
    return application(database)


@pytest.fixture
def server(database, built_app):
    with Server(f"sqlite:///{database}", database.parent, {"APP_DIR": str(built_app)}) as server:
        yield server


@pytest.fixture
def command(app):
    def run(*arguments):
        result = app.test_cli_runner().invoke(args=list(arguments))
        assert result.exit_code == 0, result.output

    return run


@contextmanager
def entering(desk):
    """Meanwhile somebody enters customers without a pause: their ids."""
    entered, enough = [], threading.Event()

    def work():
        while not enough.is_set():
            customer = new_customer()
            desk.do("customer.create", customer)
            entered.append(customer["id"])

    person = threading.Thread(target=work)
    person.start()
    try:
        yield entered
    finally:
        enough.set()
        person.join()


def record(me, owed, whom, note):
    me.go_on(f"/followups/{owed}")
    me.record_mild(whom, note)


def sign_in_again(me):
    """The restored server knows no sign-ins."""
    me.sync_line("请重新登录以送出").click()
    me.page.get_by_role("link", name="重新登录", exact=True).click()
    me.page.locator("input[name=password]").fill(me.password)
    me.tap("登录")


@pytest.mark.restarts
def test_a_lost_server_comes_back_with_what_was_entered_after_its_backup(
    hand, clinic, server, command, tmp_path
):
    desk = clinic.phone("front_desk")
    first, second = (clinic.followup(clinic.customer(name), SERVICE) for name in ("李雨桐", "张静"))
    me = hand(SERVICE)
    with entering(desk) as entered:
        command("backup", str(tmp_path / "backups"))
    [backup] = (tmp_path / "backups").iterdir()
    record(me, first, "李女士", "下巴有点肿")
    expect(me.sync_line("已全部送达")).to_be_visible()
    server.kill()
    record(me, second, "张女士", "额头有点红")
    me.lock()
    me.phone.close()
    command("restore", str(backup), "--yes")
    server.start()
    me.open()
    sign_in_again(me)
    expect(me.sync_line("已全部送达")).to_be_visible()
    desk.login()
    desk.sync()
    clinic.desk.login()
    notes = sorted(attempt["note"] for attempt in clinic.stored("attempt").values())
    assert notes == ["下巴有点肿", "额头有点红"]
    assert set(entered) <= set(clinic.stored("customer"))
    command("audit-verify")
