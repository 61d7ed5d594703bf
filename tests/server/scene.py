"""What has happened in a clinic before a test begins, told through the mutators or row by row."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from server.clinic.vip.steps import VipStep
from server.database import read, write
from server.sync.domain import domain
from server.sync.mutations import perform
from server.sync.transaction import SERVER, Actor, Context, Transaction
from tests.rigs.client import instant, uuid7
from tests.rigs.people import Clinic

NOW = datetime.now(UTC)


def ago(**span: float) -> str:
    """An instant of the past: ago(days=3, hours=1)."""
    return instant(NOW - timedelta(**span))


def _context(tx: Transaction, at: str | None, by: str | None, id: str | None) -> Context:
    actor = Actor(by, domain.roles_of(tx, by)) if by else SERVER
    return Context(actor, at or tx.now, id or uuid7())


class Scene:
    """scene.perform("treatment.plan", ...): by the server itself, or by a person, now or at some time."""

    def __init__(self, clinic: Clinic) -> None:
        self.clinic = clinic
        self._under_way: Transaction | None = None

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """What is performed inside becomes one version of the clinic."""
        with self.transaction() as tx:
            self._under_way = tx
            try:
                yield
            finally:
                self._under_way = None

    @contextmanager
    def transaction(
        self, at: str | None = None, by: str | None = None, id: str | None = None
    ) -> Iterator[Transaction]:
        """Under the clinic's lock, as `by`, with mutation id `id`; flushed at the end."""
        if self._under_way:
            self._under_way.context = _context(self._under_way, at, by, id)
            yield self._under_way
            return
        with self.clinic.app.app_context(), write() as connection:
            tx = Transaction(connection, self.clinic.id, instant(datetime.now(UTC)))
            tx.context = _context(tx, at, by, id)
            yield tx
            tx.flush()

    @contextmanager
    def connection(self) -> Iterator[Any]:
        with self.clinic.app.app_context(), read() as connection:
            yield connection

    def perform(
        self, name: str, args: dict[str, Any], at: str | None = None, by: str | None = None,
        mutation_id: str | None = None,
    ) -> str:  # fmt: skip
        """Run one mutation; returns the id among its arguments. Raises Rejected."""
        with self.transaction(at, by, mutation_id) as tx:
            perform(tx, name, args)
        return str(args.get("id"))

    def customer(self, owner_id: str | None = None, **more: Any) -> str:
        args = {"id": uuid7(), "name": "王小美", "phones": ["13800000000"], "owner_id": owner_id, **more}
        return self.perform("customer.create", args)

    def treatment(self, customer_id: str, performed_at: str | None = None, **more: Any) -> str:
        return self.perform(
            "treatment.complete",
            {
                "id": uuid7(), "customer_id": customer_id, "category": "laser_skin",
                "name": "光子嫩肤", "sites": ["全面部"], "performed_at": performed_at or ago(hours=1),
                **more,
            },
        )  # fmt: skip

    def followup(self, customer_id: str, **more: Any) -> str:
        """One for customer service, call or text, due within the hour."""
        receiver = {} if "assignee_id" in more else {"role": "customer_service"}
        return self.perform(
            "followup.create",
            {
                "id": uuid7(), "customer_id": customer_id, "kind": "check", "channels": ["call", "text"],
                "due_from": ago(hours=1), "due_at": ago(hours=-1), "purpose": "了解恢复情况",
                **receiver, **more,
            },
        )  # fmt: skip

    def partner_of(self, staff_id: str | None) -> str:
        """A salon, to which the person (if any) belongs from now on."""
        id = self.perform("partner.add", {"id": uuid7(), "name": "沙龙"})
        if staff_id:
            self.perform("staff.update", {"id": staff_id, "partner_id": id})
        return id

    def vip_case(self, customer_id: str, partner_id: str, *decided: str, **more: Any) -> str:
        """A case of that salon, after these decisions: approve, return, confirm, decline."""
        args = {"id": uuid7(), "customer_id": customer_id, "partner_id": partner_id, "screening": {}, **more}
        id = self.perform("vip.open", args)
        for decision in decided:
            act = "vip.review" if decision in ("approve", "return") else "vip.confirm"
            self.perform(act, {"case_id": id, "decision": decision, "reason": "资料不全"})
        return id

    def finish_vip_steps(self, case_id: str) -> None:
        """All that is still to be done is done, a plan accepted and all."""
        with self.transaction() as tx:
            for step in tx.find(VipStep, case_id=case_id):
                tx.update(VipStep, step["id"], state="done")
