"""A desktop for a browser without windows: a session bus, and on it who shows notifications and is tapped.

Chromium talks to it as to any Linux desktop: Desktop Notifications Specification 1.2, freedesktop.org.
"""

import os
import shutil
import subprocess
import threading
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

from jeepney import (
    DBusAddress,
    HeaderFields,
    Message,
    MessageType,
    message_bus,
    new_method_return,
    new_signal,
)
from jeepney.io.blocking import open_dbus_connection

from tests.rigs.waiting import until

NAME = "org.freedesktop.Notifications"
NOTIFICATIONS = DBusAddress("/org/freedesktop/Notifications", interface=NAME)
# Nothing is started by being asked for.
CONFIGURATION = """<busconfig>
  <type>session</type><listen>unix:dir={folder}</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
  </policy>
</busconfig>"""


def why_no_desktop() -> str | None:
    """The reason why no desktop can be had here, or None."""
    return None if shutil.which("dbus-daemon") else "no dbus-daemon, and it may not be installed here"


class Desktop:
    """A context. `shown`: titles of what is on it now, by number; `environment`: what a browser is told."""

    def __init__(self) -> None:
        self.shown: dict[int, str] = {}
        self._last = 0

    def __enter__(self) -> Self:
        self._folder = TemporaryDirectory(dir="/tmp", prefix="bus-")  # a socket's path is short
        file = Path(self._folder.name) / "configuration"
        file.write_text(CONFIGURATION.format(folder=self._folder.name))
        self._bus = subprocess.Popen(
            ["dbus-daemon", f"--config-file={file}", "--print-address", "--nofork", "--nopidfile"],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._bus.stdout
        address = self._bus.stdout.readline().strip()
        self.environment = {**os.environ, "DBUS_SESSION_BUS_ADDRESS": address}
        self._connection = open_dbus_connection(address)
        self._connection.send_and_get_reply(message_bus.RequestName(NAME))
        self._serving = threading.Thread(target=self._serve, daemon=True)
        self._serving.start()
        return self

    def tap(self, title: str) -> None:
        """On the one of this title, once it is there."""
        until(lambda: title in self.shown.values(), True)
        number = next(number for number, one in self.shown.items() if one == title)
        self._connection.send(new_signal(NOTIFICATIONS, "ActionInvoked", "us", (number, "default")))

    def _serve(self) -> None:
        with suppress(OSError):  # the bus has ended
            while True:
                call = self._connection.receive()
                if call.header.message_type is MessageType.method_call:
                    self._connection.send(self._answer(call))

    def _answer(self, call: Message) -> Message:
        match call.header.fields[HeaderFields.member], call.body:
            case "Notify", (_, replaced, _, title, *_):
                self._last += 1
                number = replaced or self._last
                self.shown[number] = title
                return new_method_return(call, "u", (number,))
            case "CloseNotification", (number,):
                self.shown.pop(number, None)
                return new_method_return(call)
            case "GetCapabilities", _:
                return new_method_return(call, "as", (["actions", "body", "persistence"],))
            case "GetServerInformation", _:
                return new_method_return(call, "ssss", ("desktop", "tests", "1", "1.2"))
            case unknown:
                raise AssertionError(unknown)

    def __exit__(self, *_: Any) -> None:
        self._bus.terminate()
        self._bus.wait()
        self._serving.join()
        self._connection.close()
        self._folder.cleanup()
