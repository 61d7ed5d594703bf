"""The name under which bytes are kept."""

import re
from dataclasses import dataclass

ORIGINAL = "original"

_CLINIC = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,63}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_RENDITION = re.compile(r"[a-z][a-z0-9]{0,31}")


@dataclass(frozen=True)
class Address:
    """clinic: its id; sha256: of the original, 64 lower-case hex digits; rendition: `original`, `thumb`, ...

    Raises ValueError for anything else: no address leads out of its clinic.
    """

    clinic: str
    sha256: str
    rendition: str = ORIGINAL

    def __post_init__(self) -> None:
        for pattern, part in ((_CLINIC, self.clinic), (_SHA256, self.sha256), (_RENDITION, self.rendition)):
            if not pattern.fullmatch(part):
                raise ValueError(f"no address: {part!r}")

    @property
    def key(self) -> str:
        """`<clinic>/ab/cd/<sha256>.<rendition>`: folders of at most 256 entries until there are millions."""
        return f"{self.clinic}/{self.sha256[:2]}/{self.sha256[2:4]}/{self.sha256}.{self.rendition}"

    def is_original(self) -> bool:
        return self.rendition == ORIGINAL
