"""The environment, read once into one frozen, validated configuration."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from click import ClickException


class ConfigError(ClickException):
    """A setting has a value the product cannot run with; the message names it.

    A ClickException, because every `flask` command reads the settings: it then says so in a line.
    """


@dataclass(frozen=True)
class Config:
    """Everything that may differ between two installations."""

    data_dir: Path
    database_url: str
    public_url: str
    app_dir: Path
    streams_per_process: int = 24
    backup_dir: Path | None = None
    photo_bucket: str | None = None
    trusted_proxies: int = 0

    @property
    def secure(self) -> bool:
        """True when people reach the product over HTTPS."""
        return self.public_url.startswith("https://")

    @property
    def revocation_file(self) -> Path:
        """Where revocations and departures outlive a restore (server.clinic.revocations)."""
        return (self.backup_dir or self.data_dir) / "revocations.jsonl"

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> "Config":
        """Read the settings; raises ConfigError with the name of a bad one."""
        data_dir = Path(env.get("DATA_DIR", "var")).absolute()
        port = _whole(env, "PORT", 8000, 1, 65535)
        public_url = env.get("PUBLIC_URL", f"http://localhost:{port}").rstrip("/")
        if urlsplit(public_url).scheme not in ("http", "https") or not urlsplit(public_url).netloc:
            raise ConfigError(f"PUBLIC_URL is not an http(s) address: {public_url!r}")
        backup_dir = env.get("BACKUP_DIR")
        return cls(
            data_dir=data_dir,
            database_url=_database_url(env.get("DATABASE_URL"), data_dir),
            public_url=public_url,
            app_dir=Path(env.get("APP_DIR", Path(__file__).parent.parent / "pwa" / "dist")),
            streams_per_process=_whole(env, "STREAMS_PER_PROCESS", 24, 0, 10_000),
            backup_dir=Path(backup_dir).absolute() if backup_dir else None,
            photo_bucket=env.get("PHOTO_BUCKET") or None,
            trusted_proxies=_whole(env, "TRUSTED_PROXIES", 0, 0, 10),
        )


def _whole(env: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = env.get(name, str(default))
    if not text.isdigit() or not low <= int(text) <= high:
        raise ConfigError(f"{name} must be a whole number from {low} to {high}, not {text!r}")
    return int(text)


def _database_url(url: str | None, data_dir: Path) -> str:
    if not url:
        return f"sqlite:///{data_dir / 'meidang.sqlite3'}"
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    if url.startswith(("sqlite:///", "postgresql+psycopg://")):
        return url
    raise ConfigError("DATABASE_URL must begin with sqlite:/// or postgresql://")
