"""Services of other companies, on loopback, speaking their wire format: WeCom's and an SMS gateway's."""

import json
import secrets
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Answer = tuple[int, dict[str, str], Any]


class Service:
    """Answers what `reply` says; a subclass remembers."""

    def __init__(self) -> None:
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"null")
                address = urlsplit(self.path)
                query = {name: values[0] for name, values in parse_qs(address.query).items()}
                headers = {name.lower(): value for name, value in self.headers.items()}
                status, more, answer = service.reply(address.path, query, headers, body)
                data = json.dumps(answer).encode()
                self.send_response(status)
                for name, value in {"Content-Length": str(len(data)), **more}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def reply(self, path: str, query: dict[str, str], headers: dict[str, str], body: Any) -> Answer:
        raise NotImplementedError

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


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

    def reply(self, path: str, query: dict[str, str], headers: dict[str, str], body: Any) -> Answer:
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

    def reply(self, path: str, query: dict[str, str], headers: dict[str, str], body: Any) -> Answer:
        assert headers["authorization"] == "Bearer a token"
        if self.answers:
            status, more = self.answers.pop(0)
            return status, more, {}
        self.sent.setdefault(body["id"], (body["to"], body["text"]))
        return 202, {}, {}
