"""An SMS gateway: any provider behind one HTTP address that takes {"to", "text", "id"}."""

from datetime import datetime

import requests

from server.config import SmsGateway
from server.notify.channels import Letter, Outcome, Recipient
from server.notify.channels.http import TIMEOUT_S, TRIES_LATER, retry_after, session


class Sms:
    def __init__(self, gateway: SmsGateway) -> None:
        self._gateway = gateway
        self._session = session()

    def serves(self, person: Recipient) -> bool:
        return bool(person.phone)

    def send(self, letters: list[Letter], now: datetime) -> list[Outcome]:
        outcomes: list[Outcome] = []
        rest: Outcome | None = None
        for letter in letters:
            outcome = rest or self._one(letter, now)
            if outcome.again:
                rest = outcome  # the next one would fare no better, and wait as long
            outcomes.append(outcome)
        return outcomes

    def _one(self, letter: Letter, now: datetime) -> Outcome:
        """`id` lets the provider drop a repetition."""
        words = f"【{letter.to.clinic}】{letter.title['zh']}"
        try:
            answer = self._session.post(
                self._gateway.url, json={"to": letter.to.phone, "text": words, "id": letter.id},
                headers={"Authorization": f"Bearer {self._gateway.token}"}, timeout=TIMEOUT_S,
            )  # fmt: skip
        except requests.RequestException:
            return Outcome("unreachable", again=True)
        if answer.ok:
            return Outcome()
        again = answer.status_code in TRIES_LATER
        return Outcome(
            f"http_{answer.status_code}", again, retry_after(answer.headers.get("Retry-After"), now)
        )
