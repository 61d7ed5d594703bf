"""Services of other companies, on loopback, speaking their wire format: WeCom's and an SMS gateway's."""

import json
import secrets
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.rigs.loopback import Answer, Loopback

JsonAnswer = tuple[int, dict[str, str], Any]


class Service(Loopback):
    """Takes and gives JSON."""

    def take(self, path: str, headers: dict[str, str], body: bytes) -> Answer:
        address = urlsplit(path)
        query = {name: values[0] for name, values in parse_qs(address.query).items()}
        status, more, answer = self.reply(address.path, query, headers, json.loads(body or b"null"))
        return status, more, json.dumps(answer).encode()

    def reply(self, path: str, query: dict[str, str], headers: dict[str, str], body: Any) -> JsonAnswer:
        raise NotImplementedError


class WeComService(Service):
    """gettoken and message/send, as developer.work.weixin.qq.com describes them."""

    def __init__(self, members: set[str]) -> None:
        super().__init__()
        self.members = members
        self.secret = "the secret"
        self.tokens = 0
        self.token = ""
        self.sent: list[tuple[list[str], str]] = []
        self.errors: list[int] = []

    def reply(self, path: str, query: dict[str, str], headers: dict[str, str], body: Any) -> JsonAnswer:
        if path == "/cgi-bin/gettoken":
            if (query["corpid"], query["corpsecret"]) != ("ww1", self.secret):
                return 200, {}, {"errcode": 40013, "errmsg": "invalid corpid"}
            self.tokens += 1
            self.token = secrets.token_hex(8)
            return 200, {}, {"errcode": 0, "access_token": self.token, "expires_in": 7200}
        assert path == "/cgi-bin/message/send"
        if query["access_token"] != self.token:
            return 200, {}, {"errcode": 40014, "errmsg": "invalid access_token"}
        if self.errors:
            return 200, {}, {"errcode": self.errors.pop(0), "errmsg": "-"}
        assert (body["msgtype"], body["agentid"]) == ("text", 1000002)
        asked = body["touser"].split("|")
        assert len(asked) <= 1000
        assert len(body["text"]["content"].encode()) <= 2048
        known = [member for member in asked if member in self.members]
        if not known:
            return 200, {}, {"errcode": 81013, "errmsg": "all unknown"}
        self.sent.append((known, body["text"]["content"]))
        strangers = "|".join(member.lower() for member in asked if member not in self.members)
        return 200, {}, {"errcode": 0, "errmsg": "ok", "invaliduser": strangers, "msgid": "x"}

    def forget_token(self) -> None:
        """It is taken back before its time."""
        self.token = secrets.token_hex(8)


class SmsService(Service):
    """Takes {"to", "text", "id"} with a bearer token; drops what it has had by its id."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: dict[str, tuple[str, str]] = {}
        self.answers: list[tuple[int, dict[str, str]]] = []

    def reply(self, path: str, query: dict[str, str], headers: dict[str, str], body: Any) -> JsonAnswer:
        assert headers["authorization"] == "Bearer a token"
        if self.answers:
            status, more = self.answers.pop(0)
            return status, more, {}
        self.sent.setdefault(body["id"], (body["to"], body["text"]))
        return 202, {}, {}
