"""Notices: a person's inbox, and what goes out to their phones. Never medical content, never a full name."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid5

from marshmallow import Schema
from sqlalchemy import JSON, Index
from sqlalchemy.orm import Mapped, mapped_column

from server.clinic.customers import customer_of
from server.clinic.dispatches import Dispatch, dispatch
from server.clinic.fields import Id
from server.clinic.names import form_of, surname_of
from server.sync.mutations import Args, Rejected, mutation
from server.sync.synced import Synced
from server.sync.transaction import Transaction

TITLES = {
    "escalation": ("{who}：请医生处理", "{who}: needs a doctor"),
    "hand_on": ("{who}：转给您的问题", "{who}: a question for you"),
    "unreachable": ("{who}：多次未接通，已结束回访", "{who}: could not be reached"),
    "morning": ("今日回访 {due} 个，逾期 {late} 个", "Follow-ups today: {due}, overdue: {late}"),
    "window": ("可以致电了：还有 {all} 个", "Calls may be made: {all} to go"),
    "deadline": ("{who}：快到期了", "{who}: due soon"),
    "unattended": ("{who}：上报两小时，医生还未处理", "{who}: no doctor yet, for two hours"),
    "vip_asked": ("{who}：VIP接待等您处理", "{who}: the VIP case waits for you"),
    "vip_decided": ("{who}：VIP接待有了答复", "{who}: an answer about the VIP case"),
    "vip_assigned": ("{who}：您加入了VIP接待", "{who}: you are on the VIP case"),
    "vip_moved": ("{who}：VIP行程有变", "{who}: the VIP's schedule has changed"),
    "vip_unclear": (
        "{who}：VIP步骤状态不一，请确认",
        "{who}: a VIP step was set in two ways, please confirm",
    ),
    "vip_soon": ("{who}：VIP步骤一刻钟后到点", "{who}: a VIP step is due in a quarter of an hour"),
    "vip_late": ("{who}：VIP步骤已过时间", "{who}: a VIP step is late"),
    "parked": ("恢复后有记录超过一天仍未归位", "Work from before the restore still waits"),
}


class Notice(Synced):
    __tablename__ = "notice"
    __table_args__ = (Index(None, "clinic_id", "target"),)
    facet = "personal"
    subject_column = "staff_id"
    hidden = frozenset({"staff_id"})

    staff_id: Mapped[str]
    kind: Mapped[str]
    title: Mapped[dict[str, Any]] = mapped_column(JSON)
    target: Mapped[str]
    read_at: Mapped[str | None]
    deliveries: Mapped[list[Any]] = mapped_column(JSON, info={"items": "object"})


class ReadArgs(Schema):
    id = Id(required=True)


def tell(tx: Transaction, staff_id: str | None, kind: str, customer_id: str, target: str) -> None:
    """Tell a person about a customer, once per mutation and kind; nobody: nothing."""
    if staff_id is None or staff_id == tx.actor.staff_id:
        return
    remind_of(tx, staff_id, kind, customer_id, target)


def remind_of(tx: Transaction, staff_id: str, kind: str, customer_id: str, target: str) -> None:
    """Tell a person about a customer, whoever acts."""
    customer = customer_of(tx, customer_id)
    _put(tx, staff_id, kind, target, who=surname_of(customer["name"]) + form_of(customer["gender"]))


def tell_of_the_day(tx: Transaction, staff_id: str, kind: str, due: int, late: int) -> None:
    """Tell a person how much there is to do: due by then, and overdue."""
    _put(tx, staff_id, kind, "/", due=due, late=late, all=due + late)


def tell_about_parked(tx: Transaction, staff_id: str) -> None:
    """Tell a lead that work from before a restore has been waiting for a day."""
    _put(tx, staff_id, "parked", "/sync")


def withdraw(tx: Transaction, target: str) -> None:
    """Somebody has dealt with it: whoever has not read of it need not."""
    for notice in tx.find(Notice, target=target, read_at=None):
        if notice["staff_id"] != tx.actor.staff_id:
            remove(tx, notice["id"])


def remove(tx: Transaction, id: str) -> None:
    tx.delete(Notice, id)
    tx.delete(Dispatch, id)


def about_to_withdraw(tx: Transaction, targets: Iterable[str]) -> None:
    """Reads for many targets what `withdraw` will ask of each."""
    tx.look_ahead(Notice, "target", targets, read_at=None)


def _put(tx: Transaction, staff_id: str, kind: str, target: str, **words: Any) -> None:
    zh, en = (text.format(**words) for text in TITLES[kind])
    id = str(uuid5(UUID(tx.context.mutation_id), f"{kind}:{staff_id}"))
    tx.insert(
        Notice, id, staff_id=staff_id, kind=kind, title={"zh": zh, "en": en}, target=target,
        read_at=None, deliveries=[],
    )  # fmt: skip
    dispatch(tx, id, staff_id, kind)


@mutation("notice.read", ReadArgs, id=Notice)
def read(tx: Transaction, args: Args) -> None:
    notice = tx.get(Notice, args["id"])
    if notice is None or notice["staff_id"] != tx.actor.staff_id:
        raise Rejected("not_found", "There is no such notice.")
    if notice["read_at"] is None:
        tx.update(Notice, args["id"], read_at=tx.at)
        tx.delete(Dispatch, args["id"])
