"""Digest: counts and sums over what a device should hold, so that it can verify itself."""

import hashlib
from collections import defaultdict

from sqlalchemy import Connection, select

from server.errors import StaleCursor
from server.sync.audience import Viewer, visible
from server.sync.cursor import decoded
from server.sync.tables import ClinicHead, Deployment, Feed

MODULUS = 2**64


def row_sum(table: str, id: str, version: int) -> int:
    """First 8 bytes, big-endian, of SHA-256 of `table:id:version`."""
    return int.from_bytes(hashlib.sha256(f"{table}:{id}:{version}".encode()).digest()[:8], "big")


def digest(connection: Connection, viewer: Viewer, cursor: str) -> dict[str, dict[str, object]]:
    """{table: {"count", "sum": 16 hex digits}}; raises StaleCursor unless up to date."""
    version = connection.scalar(select(ClinicHead.version).where(ClinicHead.id == viewer.clinic_id))
    incarnation = connection.scalar(select(Deployment.incarnation))
    here = decoded(cursor)
    if (
        here is None
        or here.after is not None
        or (here.incarnation, here.epoch, here.until) != (incarnation, viewer.epoch, version)
    ):
        raise StaleCursor()
    counts: dict[str, int] = defaultdict(int)
    sums: dict[str, int] = defaultdict(int)
    rows = connection.execute(
        select(Feed.tbl, Feed.id, Feed.version).where(visible(viewer, here.until), Feed.doc.is_not(None))
    )
    for table, id, row_version in rows:
        counts[table] += 1
        sums[table] = (sums[table] + row_sum(table, id, row_version)) % MODULUS
    return {t: {"count": counts[t], "sum": f"{sums[t]:016x}"} for t in sorted(counts)}
