"""Migrations: from nothing and from every revision ever released, to what the models say.

`tests/server/revisions/<revision>.zip` is a backup with data, made while that revision was the
newest: a new revision needs the one before it (`flask demo --customers 16`, `flask backup`).
"""

import os
import subprocess
import sys
from pathlib import Path

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import select

from server import create_app
from server.clinic.opening import change_password
from server.clinic.settings import Clinic
from server.clinic.staff import Staff
from server.database import MIGRATIONS, Base, read, write
from server.instants import utc_now
from server.keeping.archive import Archive
from server.keeping.backup import back_up
from server.keeping.migrating import migrate_to
from server.keeping.tables import load, tables_of
from server.sync.log import broken_links
from server.sync.tables import Deployment
from tests.conftest import configured, migrated
from tests.rigs import people
from tests.rigs.client import Device
from tests.rigs.doors import AppDoor
from tests.sync.protocol.wire import new_customer

ROOT = Path(__file__).parents[2]
SEEDS = Path(__file__).parent / "revisions"
SCRIPTS = ScriptDirectory(str(MIGRATIONS))
HEAD = SCRIPTS.get_current_head()
REVISIONS = [script.revision for script in SCRIPTS.walk_revisions()]


@pytest.fixture
def empty(fresh_database, engine, tmp_path):
    """An application on a database that has nothing, not even tables."""
    with fresh_database(engine) as url:
        yield create_app(configured(url, tmp_path / "empty"))


@pytest.fixture
def seed(fresh_database, tmp_path):
    """seed(revision): the path of a backup with data of that revision."""

    def seed(revision: str) -> Path:
        if revision != HEAD:
            return SEEDS / f"{revision}.zip"
        with fresh_database("sqlite") as url:
            app = migrated(create_app(configured(url, tmp_path / "seed")))
            phone = people.Clinic(app, lambda: AppDoor(app)).phone("customer_service")
            phone.do("customer.create", new_customer())
            with app.app_context():
                return back_up(app.extensions["meidang"].config, tmp_path / "seeds", utc_now())

    return seed


def ready(app) -> int:
    return app.test_client().get("/api/ready").status_code


def test_models_and_migrated_tables_are_the_same(empty):
    migrated(empty)
    with empty.app_context(), read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_it_is_ready_only_once_it_is_migrated(empty):
    assert empty.test_client().get("/api/health").status_code == 200
    assert ready(empty) == 503
    migrated(empty)
    assert ready(empty) == 200


def test_every_new_database_is_a_life_of_its_own(empty, fresh_database, engine, tmp_path):
    with fresh_database(engine) as url:
        lives = []
        for app in (empty, create_app(configured(url, tmp_path / "other"))):
            with migrated(app).app_context(), read() as connection:
                lives.append(connection.scalar(select(Deployment.incarnation)))
        assert len(set(lives)) == 2
        assert all(lives)


def test_migrating_again_changes_nothing(empty):
    migrated(empty)
    with empty.app_context(), read() as connection:
        before = connection.scalar(select(Deployment.incarnation))
    migrated(empty)
    with empty.app_context(), read() as connection:
        assert connection.scalar(select(Deployment.incarnation)) == before


def test_the_release_of_the_procfile_migrates(empty):
    lines = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())
    config = empty.extensions["meidang"].config
    environment = os.environ | {
        "DATABASE_URL": config.database_url, "DATA_DIR": str(config.data_dir),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }  # fmt: skip
    subprocess.run(lines["release"], shell=True, check=True, cwd=ROOT, env=environment)
    assert ready(empty) == 200


def test_there_is_one_line_of_revisions_and_data_of_each():
    assert len(SCRIPTS.get_heads()) == 1
    assert {path.stem for path in SEEDS.glob("*.zip")} == set(REVISIONS) - {HEAD}


@pytest.mark.parametrize("revision", REVISIONS)
def test_data_of_every_revision_is_upgraded_and_works(empty, seed, revision):
    with seed(revision).open("rb") as file, empty.app_context():
        archive = Archive(file)
        with write() as connection:
            migrate_to(connection, revision)
            tables = {table.name: table for table in tables_of(connection)}
            for part, name in archive.parts("tables"):
                load(connection, tables[name.removesuffix(".jsonl")], archive.lines(part))
        flask_migrate.upgrade()
        with read() as connection:
            clinic = connection.execute(select(Clinic.id, Clinic.code)).first()
            assert list(broken_links(connection, clinic.id)) == []
            logins = select(Staff.login, Staff.roles).where(Staff.clinic_id == clinic.id)
            login = next(p.login for p in connection.execute(logins) if "customer_service" in p.roles)
        change_password(clinic.id, login, people.PASSWORD)
    assert ready(empty) == 200
    phone = Device(AppDoor(empty), clinic.code, login, people.PASSWORD)
    phone.login()
    phone.pull()
    before = len(phone.rows("customer"))
    assert before
    phone.do("customer.create", new_customer())
    phone.pull()
    assert len(phone.rows("customer")) == before + 1
    assert phone.digest() == phone.own_digest()


def test_it_is_ready_only_while_pictures_can_be_kept(empty):
    migrated(empty)
    folder = empty.extensions["meidang"].config.data_dir / "photos"
    folder.rename(folder.with_name("elsewhere"))
    assert ready(empty) == 503
    folder.with_name("elsewhere").rename(folder)
    assert ready(empty) == 200
