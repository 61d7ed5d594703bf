import psycopg
import pytest


def test_every_database_is_fresh_and_gone_afterwards(postgres):
    with postgres.database() as url:
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE seen (it int)")
        with postgres.database() as other, psycopg.connect(other) as connection:
            assert connection.execute("SELECT to_regclass('seen')").fetchone() == (None,)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)


def test_commits_are_durable(postgres):
    with postgres.database() as url, psycopg.connect(url) as connection:
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
        assert connection.execute("SHOW synchronous_commit").fetchone() == ("on",)
