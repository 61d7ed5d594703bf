"""The proposal: plans side by side on one page, for the customer and the owner of the salon."""

from dataclasses import dataclass

from server.clinic.sign_in import SignedIn
from server.clinic.vip.cases import case_of
from server.clinic.vip.paper import FAINT, MAKERS, Line, Page, gap, heading
from server.clinic.vip.plans import VipPlan
from server.clinic.vip.printing import Heading, Language, enter, heading_of
from server.database import write
from server.errors import NotFound, Validation
from server.instants import instant, utc_now
from server.sync.synced import Row
from server.sync.transaction import Transaction

KINDS = {
    "zh": {"A": "基础方案", "B": "理想方案", "C": "完整方案"},
    "en": {"A": "Basic", "B": "Ideal", "C": "Complete"},
}
WORDS = {
    "zh": {
        "title": "{customer}的方案", "plan": "方案 {label}", "procedures": "项目", "price": "价格",
        "risks": "恢复与风险", "foot": "{clinic} · {phone} · {today} · 具体以面诊为准",
    },
    "en": {
        "title": "Plans for {customer}", "plan": "Plan {label}", "procedures": "Procedures", "price": "Price",
        "risks": "Recovery and risks", "foot": "{clinic} · {phone} · {today} · subject to consultation",
    },
}  # fmt: skip


@dataclass(frozen=True)
class Order:
    """Plans of one case, on a page."""

    plan_ids: list[str]
    format: str
    language: Language


def make_proposal(person: SignedIn, order: Order) -> bytes:
    """The file. Raises NotFound, Forbidden, Gated for a plan that is not approved, Validation for plans of
    several cases or for more than goes on a page."""
    with write() as connection:
        tx = Transaction(connection, person.clinic_id, instant(utc_now()))
        plans = [plan for id in order.plan_ids if (plan := tx.get(VipPlan, id))]
        cases = {plan["case_id"] for plan in plans}
        if len(plans) < len(order.plan_ids):
            raise NotFound("There is no such plan.")
        if len(cases) != 1:
            raise Validation("A proposal is of one case.", plan_ids=["cases"])
        case = case_of(tx, cases.pop())
        about = heading_of(tx, case, order.language)
        enter(
            connection, person, case_id=case["id"], plan_ids=order.plan_ids, what="proposal",
            format=order.format,
        )  # fmt: skip
    return MAKERS[order.format](_page(plans, about, order.language))


def _page(plans: list[Row], about: Heading, language: Language) -> Page:
    words = WORDS[language]
    clinic = about.clinic
    return Page(
        title=words["title"].format(customer=about.customer),
        subtitle=clinic["name"],
        columns=[_column(plan, language) for plan in sorted(plans, key=lambda plan: plan["label"])],
        foot=words["foot"].format(clinic=clinic["name"], phone=clinic["phone"], today=about.today),
    )


def _column(plan: Row, language: Language) -> list[Line]:
    words = WORDS[language]
    return [
        Line(words["plan"].format(label=plan["label"]), scale=1.5),
        Line(KINDS[language][plan["label"]], FAINT),
        gap(),
        heading(words["procedures"]),
        *(Line(f"· {named(procedure)}") for procedure in plan["procedures"]),
        gap(),
        heading(words["price"]),
        Line(yuan(plan["price"]), scale=1.4),
        gap(),
        heading(words["risks"]),
        Line(plan["risks"]),
    ]


def named(procedure: str | Row) -> str:
    return procedure if isinstance(procedure, str) else str(procedure.get("name", ""))


def yuan(fen: int) -> str:
    return f"¥{fen // 100:,}" + (f".{fen % 100:02}" if fen % 100 else "")
