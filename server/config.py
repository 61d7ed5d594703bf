"""The environment, read once into one frozen, validated configuration."""

import os
import re
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
class WeCom:
    """A WeCom application that sends messages to staff."""

    corp_id: str
    agent_id: int
    secret: str
    url: str


@dataclass(frozen=True)
class SmsGateway:
    """An HTTP provider: takes {"to", "text", "id"} with a bearer token."""

    url: str
    token: str


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
    vapid_private_key: str | None = None
    vapid_subject: str = "mailto:meidang@example.com"
    push_allow_loopback: bool = False
    wecom: WeCom | None = None
    sms: SmsGateway | None = None

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
            vapid_private_key=_vapid_key(env.get("VAPID_PRIVATE_KEY")),
            vapid_subject=_vapid_subject(env.get("VAPID_SUBJECT"), public_url),
            push_allow_loopback=_whole(env, "PUSH_ALLOW_LOOPBACK", 0, 0, 1) == 1,
            wecom=_wecom(env),
            sms=_sms(env),
        )


def _vapid_key(text: str | None) -> str | None:
    if not text:
        return None
    if not re.fullmatch(r"[A-Za-z0-9_-]{43}=?", text):
        raise ConfigError("VAPID_PRIVATE_KEY must be the 32 bytes of a P-256 secret in base64url")
    return text.rstrip("=")


def _vapid_subject(text: str | None, public_url: str) -> str:
    """Whom a push service writes to. Apple's refuses localhost."""
    subject = text or (public_url if public_url.startswith("https://") else Config.vapid_subject)
    if not subject.startswith(("mailto:", "https://")):
        raise ConfigError("VAPID_SUBJECT must begin with mailto: or https://")
    return subject


def _wecom(env: Mapping[str, str]) -> WeCom | None:
    names = ("WECOM_CORP_ID", "WECOM_AGENT_ID", "WECOM_SECRET")
    if not any(env.get(name) for name in names):
        return None
    for name in names:
        if not env.get(name):
            raise ConfigError(f"{name} is missing: WeCom needs {', '.join(names)}")
    agent_id = _whole(env, "WECOM_AGENT_ID", 0, 1, 2**31 - 1)
    url = _address(env, "WECOM_URL", "https://qyapi.weixin.qq.com")
    return WeCom(env["WECOM_CORP_ID"], agent_id, env["WECOM_SECRET"], url)


def _sms(env: Mapping[str, str]) -> SmsGateway | None:
    if not env.get("SMS_URL"):
        return None
    return SmsGateway(_address(env, "SMS_URL", ""), env.get("SMS_TOKEN", ""))


def _address(env: Mapping[str, str], name: str, default: str) -> str:
    url = env.get(name, default).rstrip("/")
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc:
        raise ConfigError(f"{name} is not an http(s) address: {url!r}")
    return url


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
