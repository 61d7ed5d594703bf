"""The environment: what is honoured, and that a bad setting names itself before anything starts."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from server.config import Config, ConfigError

ROOT = Path(__file__).parents[2]
BAD = [
    ("PORT", "http"), ("PORT", "0"), ("PORT", "65536"), ("PORT", "-1"), ("PORT", ""),
    ("DATABASE_URL", "mysql://localhost/x"), ("DATABASE_URL", "meidang.sqlite3"),
    ("PUBLIC_URL", "clinic.example"), ("PUBLIC_URL", "ftp://clinic.example"), ("PUBLIC_URL", "https://"),
    ("STREAMS_PER_PROCESS", "many"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), BAD, ids=lambda value: value or "empty")
def test_a_bad_setting_names_itself(name, value):
    with pytest.raises(ConfigError, match=name):
        Config.from_env({name: value})


@pytest.mark.parametrize(
    "command",
    [["-m", "server.run"], ["-m", "server.worker"], ["-m", "flask", "--app", "server", "prune"]],
    ids=["run", "worker", "flask"],
)
def test_a_start_with_a_bad_setting_ends_in_one_line(tmp_path, command):
    environment = os.environ | {"DATA_DIR": str(tmp_path / "data"), "PORT": "http"}
    ended = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert ended.returncode != 0
    assert "PORT must be a whole number" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not (tmp_path / "data").exists()


def test_by_default_everything_is_in_the_data_folder(tmp_path):
    config = Config.from_env({"DATA_DIR": str(tmp_path)})
    assert config.database_url == f"sqlite:///{tmp_path}/meidang.sqlite3"
    assert config.revocation_file == tmp_path / "revocations.jsonl"
    assert (config.public_url, config.secure) == ("http://localhost:8000", False)


def test_what_is_set_is_honoured(tmp_path):
    config = Config.from_env(
        {
            "DATA_DIR": str(tmp_path), "DATABASE_URL": "postgres://u:p@db/meidang", "PORT": "9000",
            "PUBLIC_URL": "https://clinic.example/", "BACKUP_DIR": str(tmp_path / "b"),
        }
    )  # fmt: skip
    assert config.database_url == "postgresql+psycopg://u:p@db/meidang"
    assert (config.public_url, config.secure) == ("https://clinic.example", True)
    assert config.revocation_file == tmp_path / "b" / "revocations.jsonl"
    assert Config.from_env({"PORT": "9000"}).public_url == "http://localhost:9000"
