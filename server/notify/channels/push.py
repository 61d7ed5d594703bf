"""Web push (RFC 8030), encrypted for the one browser (RFC 8291) and signed by this server (RFC 8292).

One payload serves browsers that show it by themselves (declarative web push, Safari 18.4) and those that
wake the app's service worker. Every push is one that people see: Apple's phones end a subscription after
three that are not.
"""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import orjson
import requests
from py_vapid import Vapid02
from pywebpush import WebPusher

from server.config import Config
from server.notify.channels import Address, Letter, Outcome, Recipient
from server.notify.channels.http import TIMEOUT_S, TRIES_LATER, retry_after, session
from server.notify.keys import private_keys

AT_ONCE = 16
REST = timedelta(seconds=30)
"""A push service that did not answer is left alone for so long."""
SIGNED_FOR = timedelta(hours=12)
GONE = frozenset({404, 410})


class WebPush:
    def __init__(self, config: Config, at_once: int = AT_ONCE) -> None:
        self._config = config
        self._session = session(at_once, public=not config.push_allow_loopback)
        self._pool = ThreadPoolExecutor(at_once)
        self._post = _Post(config, self._session)

    def serves(self, person: Recipient) -> bool:
        return bool(person.addresses)

    def send(self, letters: list[Letter], now: datetime) -> list[Outcome]:
        self._post.begin(now)
        jobs = [
            [self._pool.submit(self._post.one, letter, address, now) for address in letter.addresses]
            for letter in letters
        ]
        return [_together([job.result() for job in of_letter]) for of_letter in jobs]


@dataclass
class _Answer:
    address: Address
    failure: str | None = None
    again: bool = False
    not_before: datetime | None = None
    gone: bool = False


def _together(answers: list[_Answer]) -> Outcome:
    outcome = Outcome()
    for answer in answers:
        if answer.gone:
            outcome.gone.append(answer.address)
        elif answer.failure is None:
            outcome.reached.append(answer.address.device_id)
        else:
            outcome.failure = answer.failure
            outcome.again = outcome.again or answer.again
            if answer.not_before:
                outcome.not_before = max(answer.not_before, outcome.not_before or answer.not_before)
    return outcome


@dataclass
class _Post:
    """Sends one message to one browser; remembers signatures, and services that rest."""

    config: Config
    session: requests.Session
    keys: dict[str, str] = field(default_factory=dict)
    signed: dict[tuple[str, str], tuple[datetime, str]] = field(default_factory=dict)
    resting: dict[str, datetime] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, now: datetime) -> None:
        self.keys = private_keys(self.config)
        self.resting = {origin: until for origin, until in self.resting.items() if until > now}

    def one(self, letter: Letter, address: Address, now: datetime) -> _Answer:
        service = _origin(address.endpoint)
        if until := self.resting.get(service):
            return _Answer(address, "resting", again=True, not_before=until)
        if address.key not in self.keys:
            return _Answer(address, "unknown_key", gone=True)
        try:
            response = self._send(letter, address, service, now)
        except requests.RequestException:
            self.resting[service] = now + REST
            return _Answer(address, "unreachable", again=True)
        if response.status_code in GONE:
            return _Answer(address, gone=True)
        if response.ok:
            return _Answer(address)
        not_before = retry_after(response.headers.get("Retry-After"), now)
        if response.status_code in TRIES_LATER and not_before:
            self.resting[service] = not_before
        return _Answer(
            address, f"http_{response.status_code}", response.status_code in TRIES_LATER, not_before
        )

    def _send(self, letter: Letter, address: Address, service: str, now: datetime) -> requests.Response:
        pusher = WebPusher(
            {"endpoint": address.endpoint, "keys": {"p256dh": address.p256dh, "auth": address.auth}},
            requests_session=self.session,
        )
        headers = {
            "Authorization": self._signature(address.key, service, now), "Urgency": letter.urgency,
            "Topic": letter.topic, "Content-Type": "application/octet-stream",
        }  # fmt: skip
        left = max(1, int((letter.expires_at - now).total_seconds()))
        response: requests.Response = pusher.send(
            payload(letter, address, self.config.public_url), headers, ttl=left, timeout=TIMEOUT_S
        )
        return response

    def _signature(self, key: str, service: str, now: datetime) -> str:
        """One for each service and key, as long as it is good for; signing costs as much as encrypting."""
        with self.lock:
            until, header = self.signed.get((key, service), (now, ""))
            if until <= now:
                until = now + SIGNED_FOR
                vapid = Vapid02.from_raw(self.keys[key].encode())
                claims = {
                    "sub": self.config.vapid_subject, "aud": service, "exp": int(until.timestamp()) + 3600
                }  # fmt: skip
                header = vapid.sign(claims)["Authorization"]
                self.signed[key, service] = until, header
            return header


def payload(letter: Letter, address: Address, public_url: str) -> bytes:
    """Words of the notice and where it leads; nothing else of anybody."""
    notification = {
        "title": letter.title[address.language], "body": letter.to.clinic,
        "lang": LANGUAGES[address.language],
        "navigate": f"{public_url}{letter.target}?notice={letter.id}", "tag": letter.topic,
        "app_badge": letter.to.due, "data": {"notice": letter.id, "device": address.device_id},
    }  # fmt: skip
    return orjson.dumps(
        {"web_push": 8030, "notification": notification, "app_badge": letter.to.due, "mutable": True}
    )


LANGUAGES = {"zh": "zh-CN", "en": "en"}


def _origin(endpoint: str) -> str:
    address = urlsplit(endpoint)
    return f"{address.scheme}://{address.netloc}"
