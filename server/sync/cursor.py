"""Cursors: where a device has read to. Opaque to devices; a forged one shows nothing more."""

import base64
import binascii
from dataclasses import dataclass, replace

import orjson

Position = tuple[int, str, str]
"""(version, table, id) of the last row sent of a patch that is not complete."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """`since`: what the device holds. `until`: where the patch under way ends. `after`: how far
    it has come; None when complete (then since == until). `reset`: the patch replaces all."""

    incarnation: str
    epoch: int
    since: int
    until: int
    after: Position | None = None
    reset: bool = False

    def encoded(self) -> str:
        fields = [self.incarnation, self.epoch, self.since, self.until, self.after, self.reset]
        return base64.urlsafe_b64encode(orjson.dumps(fields)).decode().rstrip("=")

    def at(self, after: Position) -> "Cursor":
        return replace(self, after=after)

    def complete(self) -> "Cursor":
        return Cursor(self.incarnation, self.epoch, self.until, self.until)


def decoded(text: str | None) -> Cursor | None:
    """The cursor, or None for one that this server did not make (the device gets a reset)."""
    if text is None:
        return None
    try:
        body = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        incarnation, epoch, since, until, after, reset = orjson.loads(body)
    except (ValueError, TypeError, binascii.Error):
        return None
    position = None
    if isinstance(after, list):
        if [type(part) for part in after] != [int, str, str]:
            return None
        position = (after[0], after[1], after[2])
    whole = all(type(number) is int and 0 <= number < 2**62 for number in (epoch, since, until))
    if not isinstance(incarnation, str) or not whole or not isinstance(reset, bool):
        return None
    return Cursor(incarnation, epoch, since, until, position, reset)
