"""WeCom application messages (企业微信): one token for the application, one call for many people.

Limits of the service: 30 messages a minute and 1,000 an hour to one member. So a person gets one message a
pass, however many notices wait, and the same words go to all who get them in one call.
"""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

import requests

from server.config import WeCom
from server.notify.channels import Letter, Outcome, Recipient
from server.notify.channels.http import TIMEOUT_S, session

PEOPLE_A_CALL = 1000
LINES = 10
STALE_TOKEN = frozenset({40001, 40014, 42001})
BUSY = frozenset({-1, 45009, 45033})
"""Errors after which it may be tried again: the system is busy, too many calls."""
ALL_UNKNOWN = 81013


class WeComMessages:
    def __init__(self, settings: WeCom, public_url: str) -> None:
        self._settings, self._public_url = settings, public_url
        self._session = session()
        self._token: tuple[str, datetime] | None = None

    def serves(self, person: Recipient) -> bool:
        return bool(person.wecom_id)

    def send(self, letters: list[Letter], now: datetime) -> list[Outcome]:
        of_person: dict[str, list[Letter]] = defaultdict(list)
        for letter in letters:
            of_person[str(letter.to.wecom_id)].append(letter)
        alike: dict[str, list[str]] = defaultdict(list)
        for member, theirs in of_person.items():
            alike[self._words(theirs)].append(member)
        outcomes: dict[str, Outcome] = {}
        for words, members in alike.items():
            for start in range(0, len(members), PEOPLE_A_CALL):
                outcomes |= self._tell(members[start : start + PEOPLE_A_CALL], words, now)
        return [outcomes[str(letter.to.wecom_id)] for letter in letters]

    def _words(self, letters: list[Letter]) -> str:
        lines = list(dict.fromkeys(letter.title["zh"] for letter in letters))
        if len(lines) > LINES:
            lines = [*lines[:LINES], f"…… 共 {len(letters)} 条"]
        target = letters[0].target if len(letters) == 1 else "/me/inbox"
        return "\n".join([*lines, f'<a href="{self._public_url}{target}">打开</a>'])

    def _tell(self, members: list[str], words: str, now: datetime) -> dict[str, Outcome]:
        try:
            answer = self._message(members, words, now)
        except (requests.RequestException, ValueError, KeyError):
            return dict.fromkeys(members, Outcome("unreachable", again=True))
        code = answer["errcode"]
        if code in BUSY:
            return dict.fromkeys(
                members, Outcome(f"wecom_{code}", again=True, not_before=now + timedelta(minutes=1))
            )
        if code not in (0, ALL_UNKNOWN):
            return dict.fromkeys(members, Outcome(f"wecom_{code}"))
        unknown = set(members) if code else set(filter(None, answer.get("invaliduser", "").split("|")))
        lowered = {member.lower() for member in unknown}  # the service writes them in lower case
        return {
            member: Outcome("unknown_member") if member.lower() in lowered else Outcome()
            for member in members
        }

    def _message(self, members: list[str], words: str, now: datetime) -> dict[str, Any]:
        """A token may be taken back before its time: once more with a new one."""
        body: dict[str, Any] = {
            "touser": "|".join(members), "msgtype": "text", "agentid": self._settings.agent_id,
            "text": {"content": words}, "enable_duplicate_check": 1, "duplicate_check_interval": 600,
        }  # fmt: skip
        answer: dict[str, Any] = {}
        for _ in range(2):
            token = self._access_token(now)
            response = self._session.post(
                f"{self._settings.url}/cgi-bin/message/send", params={"access_token": token}, json=body,
                timeout=TIMEOUT_S,
            )  # fmt: skip
            answer = response.json()
            if answer["errcode"] not in STALE_TOKEN:
                break
            self._token = None
        return answer

    def _access_token(self, now: datetime) -> str:
        """Kept until shortly before it ends: asking often is refused."""
        if self._token is None or self._token[1] <= now:
            answer = self._session.get(
                f"{self._settings.url}/cgi-bin/gettoken",
                params={"corpid": self._settings.corp_id, "corpsecret": self._settings.secret},
                timeout=TIMEOUT_S,
            ).json()
            if answer["errcode"]:
                raise ValueError(f"gettoken: {answer['errcode']}")
            lasts = timedelta(seconds=max(60, int(answer["expires_in"]) - 300))
            self._token = answer["access_token"], now + lasts
        return self._token[0]
