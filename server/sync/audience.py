"""Who may see which row of the feed, as SQL conditions and as sets of facets.

A row is seen when its facet is read of all subjects and the subject is in the working set (or
kept by this person), or when its facet is read of own subjects and the subject is theirs too,
or when it is personal and theirs. The clinic itself is everybody's subject.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, exists, false, or_, select, union

from server.sync.domain import Audience
from server.sync.grants import EVERYONE, KEEP, Grant
from server.sync.tables import Feed


@dataclass(frozen=True)
class Viewer:
    """A person as the feed sees one. `epoch` changes with the person's roles."""

    clinic_id: str
    staff_id: str
    audience: Audience
    epoch: int


def visible(viewer: Viewer, version: int, few: bool = False) -> ColumnElement[bool]:
    """Condition on `Feed`: this person saw the row as of this clinic version. `few`: not many rows are looked
    at."""
    kept = and_(Grant.staff_id == viewer.staff_id, Grant.reason == KEEP)
    at_hand = _granted(viewer, version, few, or_(Grant.staff_id == EVERYONE, kept))
    mine = _granted(viewer, version, few, and_(Grant.staff_id == viewer.staff_id, Grant.reason != KEEP))
    ways = [and_(Feed.facet == "personal", Feed.subject == viewer.staff_id)]
    if viewer.audience.everything:
        ways.append(
            and_(
                Feed.facet.in_(sorted(viewer.audience.everything)),
                or_(Feed.subject == viewer.clinic_id, at_hand),
            )
        )
    if viewer.audience.own:
        ways.append(and_(Feed.facet.in_(sorted(viewer.audience.own)), at_hand, mine))
    return and_(Feed.clinic_id == viewer.clinic_id, or_(false(), *ways))


def _granted(viewer: Viewer, version: int, few: bool, whose: ColumnElement[bool]) -> ColumnElement[bool]:
    # "+ 0" keeps SQLite from looking grants up by version, of which a clinic has many, instead
    # of by subject, of which a row has one.
    grants = select(Grant.id).where(
        Grant.clinic_id == viewer.clinic_id, Grant.subject == Feed.subject, whose,
        Grant.since + 0 <= version, or_(Grant.until.is_(None), Grant.until + 0 > version),
    ).correlate(Feed)  # fmt: skip
    # An offset keeps PostgreSQL from reading all grants of the clinic into a hash table first.
    return exists(grants.offset(0) if few else grants)


def touched_subjects(connection: Connection, viewer: Viewer, since: int, until: int, most: int) -> list[str]:
    """Subjects of which a grant of this person or of everyone began or ended between two versions."""
    theirs = select(Grant.subject).where(
        Grant.clinic_id == viewer.clinic_id, Grant.staff_id.in_((EVERYONE, viewer.staff_id))
    )
    began = theirs.where(Grant.since > since, Grant.since <= until)
    ended = theirs.where(Grant.until > since, Grant.until <= until)
    # Not one statement with "or" and "distinct": SQLite would read all subjects of the clinic in their order.
    return [*connection.scalars(union(began, ended).limit(most))]


def changed_subjects(
    connection: Connection, viewer: Viewer, touched: list[str], since: int, until: int
) -> tuple[dict[frozenset[str], list[str]], dict[frozenset[str], list[str]]]:
    """Of the subjects touched, the facets gained and lost between two versions: {facets: [subjects]},
    twice."""
    # Not one statement with the one above: PostgreSQL, before it has counted a new clinic's rows, reads all
    # grants for each subject.
    rows = connection.execute(
        select(Grant.subject, Grant.staff_id, Grant.reason, Grant.since, Grant.until).where(
            Grant.clinic_id == viewer.clinic_id,
            Grant.staff_id.in_((EVERYONE, viewer.staff_id)),
            Grant.subject.in_(touched),
        )
    )
    grants: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        grants[row.subject].append(row)
    gained: dict[frozenset[str], list[str]] = defaultdict(list)
    lost: dict[frozenset[str], list[str]] = defaultdict(list)
    for subject, spans in sorted(grants.items()):
        before = facets_of(viewer.audience, spans, since)
        after = facets_of(viewer.audience, spans, until)
        if after - before:
            gained[after - before].append(subject)
        if before - after:
            lost[before - after].append(subject)
    return gained, lost


def facets_of(audience: Audience, grants: Iterable[Any], version: int) -> frozenset[str]:
    """Facets of one subject that these grants (of the person and of everyone) show."""
    live = [g for g in grants if g.since <= version and (g.until is None or g.until > version)]
    if not any(g.staff_id == EVERYONE or g.reason == KEEP for g in live):
        return frozenset()  # one's own leave the working set like all others
    mine = any(g.staff_id != EVERYONE and g.reason != KEEP for g in live)
    return audience.everything | (audience.own if mine else frozenset())


def of_subjects(viewer: Viewer, groups: dict[frozenset[str], list[str]]) -> ColumnElement[bool]:
    """Condition on `Feed`: rows of these subjects in these facets."""
    return and_(
        Feed.clinic_id == viewer.clinic_id,
        or_(
            false(),
            *(
                and_(Feed.subject.in_(subjects), Feed.facet.in_(sorted(facets)))
                for facets, subjects in groups.items()
            ),
        ),
    )
