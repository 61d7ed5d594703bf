"""Pull: the patch that brings a device from its cursor to the present, in pages.

All pages of a patch end at the version the first one found. A page is read with one or two
index range scans and joined as text: documents are stored serialized and sent as they are.
Cost: what changed since the cursor (a reset: what the person may see), never what exists.
"""

from typing import cast

import orjson
from sqlalchemy import ColumnElement, Connection, and_, bindparam, or_, select, true, tuple_

from server.sync.audience import Viewer, changed_subjects, of_subjects, touched_subjects, visible
from server.sync.cursor import Cursor, Position, decoded
from server.sync.tables import ClinicHead, Deployment, Device, Feed

MANY_SUBJECTS = 10_000
"""When more than this came or went (a night's work in a large clinic), a reset is cheaper than a list of
them, which databases bound."""

_STATE = (
    select(
        Deployment.incarnation, Deployment.backed_up_at, ClinicHead.version, ClinicHead.horizon,
        Device.last_seq, Device.backed_up_seq,
    )
    .join_from(ClinicHead, Deployment, true())
    .join(Device, Device.clinic_id == ClinicHead.id)
    .where(ClinicHead.id == bindparam("clinic_id"), Device.id == bindparam("device_id"))
)  # fmt: skip
"""Put together and asked once a page: where database, clinic and device are."""

Entry = tuple[str, str, int, str | None]
"""(table, id, version, serialized document or None for a tombstone)."""


def pull(connection: Connection, viewer: Viewer, device_id: str, cursor: str | None, limit: int) -> bytes:
    """The next page as JSON. `connection` must see one snapshot throughout."""
    state = connection.execute(_STATE, {"clinic_id": viewer.clinic_id, "device_id": device_id}).one()
    here = _continued(decoded(cursor), state.incarnation, viewer.epoch, state.version, state.horizon)
    touched: list[str] = []
    if not here.reset:
        touched = touched_subjects(connection, viewer, here.since, here.until, MANY_SUBJECTS + 1)
        if len(touched) > MANY_SUBJECTS:
            here, touched = Cursor(here.incarnation, here.epoch, 0, state.version, reset=True), []
    rows, removed, last = _read(connection, viewer, here, touched, limit)
    reached = here.complete() if last is None else here.at(last)
    backed_up = state.backed_up_seq if state.backed_up_at else state.last_seq
    start = orjson.dumps({
        "cursor": reached.encoded(), "reset": here.reset, "more": last is not None,
        "version": here.until, "applied_through": state.last_seq, "backed_up_through": backed_up,
        "removed": removed,
    })  # fmt: skip
    return b"".join((start[:-1], b',"rows":[', ",".join(rows).encode(), b"]}"))


def _continued(cursor: Cursor | None, incarnation: str, epoch: int, version: int, horizon: int) -> Cursor:
    """Where this page starts: the cursor's place, a new patch, or a reset."""
    usable = (
        cursor is not None
        and cursor.incarnation == incarnation
        and cursor.epoch == epoch
        and cursor.since <= cursor.until <= version
        and (cursor.reset or cursor.since >= horizon)
    )
    if cursor is None or not usable:
        return Cursor(incarnation, epoch, 0, version, reset=True)
    if cursor.after is not None:
        return cursor
    return Cursor(incarnation, epoch, cursor.until, version)


def _read(
    connection: Connection, viewer: Viewer, here: Cursor, touched: list[str], limit: int
) -> tuple[list[str], list[list[str]], Position | None]:
    """(serialized rows, [table, id] removed, position of the last row when more follow)."""
    removed: list[list[str]] = []
    found: list[Entry] = []
    if touched:
        gained, lost = changed_subjects(connection, viewer, touched, here.since, here.until)
        if lost and here.after is None:
            removed += _removed(connection, viewer, lost, here.since)
        if gained and (here.after is None or here.after[0] <= here.since):
            newly = and_(of_subjects(viewer, gained), Feed.doc.is_not(None))
            # "+ 0": by subject, not along the versions, of which a clinic has many.
            found += _scan(connection, newly, Feed.version + 0, 0, here.since, here.after, limit + 1)
    if len(found) <= limit:
        after = here.after if here.after and here.after[0] > here.since else None
        seen = visible(viewer, here.until, few=not here.reset)
        if here.reset:
            seen = and_(seen, Feed.doc.is_not(None))
        room = limit + 1 - len(found)
        found += _scan(connection, seen, Feed.version.expression, here.since, here.until, after, room)
    more = len(found) > limit
    rows = []
    for table, id, version, doc in found[:limit]:
        if doc is None:
            removed.append([table, id])
        else:
            rows.append(f'["{table}","{id}",{version},{doc}]')
    table, id, version, _ = found[:limit][-1] if more else ("", "", 0, None)
    return rows, removed, (version, table, id) if more else None


def _scan(
    connection: Connection, condition: ColumnElement[bool], version: ColumnElement[int], since: int,
    until: int, after: Position | None, limit: int,
) -> list[Entry]:  # fmt: skip
    """Rows of one span of versions in the order of the feed."""
    query = select(Feed.tbl, Feed.id, Feed.version, Feed.doc).where(
        condition, version > since, version <= until
    )
    if after:
        query = query.where(
            or_(
                version > after[0],
                and_(version == after[0], tuple_(Feed.tbl, Feed.id) > after[1:]),
            )
        )
    ordered = query.order_by(version, Feed.tbl, Feed.id).limit(limit)
    # The driver's own rows: to dress ten thousand of them up takes a tenth of a first pull.
    return cast(list[Entry], connection.execute(ordered).cursor.fetchall())


def _removed(
    connection: Connection, viewer: Viewer, lost: dict[frozenset[str], list[str]], since: int
) -> list[list[str]]:
    """What the device may hold of subjects it has lost: rows that live, or died since."""
    query = select(Feed.tbl, Feed.id).where(
        of_subjects(viewer, lost), or_(Feed.doc.is_not(None), Feed.version > since)
    )
    return [[row.tbl, row.id] for row in connection.execute(query)]
