"""What the domain tells the engine: audiences of roles, people's roles, whom to keep at hand."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import Connection

if TYPE_CHECKING:
    from server.sync.transaction import Transaction


@dataclass(frozen=True)
class Audience:
    """Facets that are read of all subjects, and facets read of the person's own subjects."""

    everything: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()

    def __or__(self, other: "Audience") -> "Audience":
        return Audience(self.everything | other.everything, self.own | other.own)


@dataclass
class Domain:
    """Filled once by `server.clinic`.

    roles_of(tx, staff id): the person's roles. needed(connection, clinic id): subjects that the
    working set keeps whatever their age (open follow-ups, appointments ahead, open cases).
    """

    audiences: dict[str, Audience] = field(default_factory=dict)
    roles_of: Callable[["Transaction", str], frozenset[str]] = lambda _tx, _id: frozenset()
    needed: Callable[[Connection, str], Iterable[str]] = lambda _connection, _clinic: ()

    def audience(self, roles: Iterable[str]) -> Audience:
        """What a person with these roles reads, all together."""
        audience = Audience()
        for role in roles:
            audience |= self.audiences.get(role, Audience())
        return Audience(audience.everything, audience.own - audience.everything)


domain = Domain()
