"""The report of a case on one page: how its stages went, what was late, what was decided, what was said."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from server.clinic.sign_in import SignedIn
from server.clinic.vip.cases import case_of
from server.clinic.vip.figures import figures, is_late
from server.clinic.vip.paper import FAINT, MAKERS, Line, Page, gap, heading
from server.clinic.vip.printing import Heading, Language, enter, heading_of
from server.clinic.vip.proposals import yuan
from server.clinic.vip.steps import VipStep
from server.clinic.vip.templates import of_version
from server.database import write
from server.errors import NotFound
from server.instants import instant, parsed, utc_now
from server.sync.mutations import Rejected
from server.sync.synced import Row
from server.sync.transaction import Transaction

WORDS = {
    "zh": {
        "title": "{customer} · VIP接待报告", "subtitle": "{clinic} · {partner} · 到院 {arrival}",
        "stages": "各阶段", "late": "延误的步骤", "none": "没有延误",
        "late_here": "延误 {n}", "in_time": "准时",
        "decision": "成交方案", "amount": "金额", "well": "做得好的", "badly": "要改进的",
        "feedback": "顾客反馈", "reason": "提前结束的原因", "minutes": "晚 {n} 分钟", "open": "未完成",
        "more": "另有 {n} 项", "nothing": "未成交", "foot": "{clinic} · {today} · 仅供内部使用",
    },
    "en": {
        "title": "{customer} · VIP case report", "subtitle": "{clinic} · {partner} · arrival {arrival}",
        "stages": "Stages", "late": "Late steps", "none": "Nothing was late",
        "late_here": "{n} late", "in_time": "on time",
        "decision": "Decision", "amount": "Amount", "well": "What went well", "badly": "What did not",
        "feedback": "The customer's feedback", "reason": "Why it ended early", "minutes": "{n} min late",
        "open": "open", "more": "and {n} more", "nothing": "No plan accepted",
        "foot": "{clinic} · {today} · internal use only",
    },
}  # fmt: skip
SAID = ("well", "badly", "feedback", "reason")
MOST_LATE = 12


@dataclass(frozen=True)
class Told:
    """What is known of the case."""

    figures: Row
    review: Row
    late: list[Row]
    stages: dict[str, Row]
    """Titles by code."""


def make_case_report(person: SignedIn, case_id: str, format: str, language: Language) -> bytes:
    """The file. Raises NotFound, Forbidden, and Validation for more than goes on a page."""
    now = utc_now()
    with write() as connection:
        tx = Transaction(connection, person.clinic_id, instant(now))
        try:
            case = case_of(tx, case_id)
        except Rejected as refusal:
            raise NotFound(refusal.message) from None
        about = heading_of(tx, case, language)
        titles = {
            stage["code"]: stage["title"] for stage in of_version(tx, case["template_version"])["stages"]
        }
        [counted] = figures(connection, person.clinic_id, [case], now)
        told = Told(counted, case["review"], _late(connection, case, now), titles)
        enter(connection, person, case_id=case_id, what="report", format=format)
    return MAKERS[format](_page(told, about, now, language))


def _late(connection: Connection, case: Row, now: datetime) -> list[Row]:
    rows = connection.execute(
        select(VipStep.title, VipStep.due_at, VipStep.done_at, VipStep.state)
        .where(VipStep.clinic_id == case["clinic_id"], VipStep.case_id == case["id"], is_late(now))
        .order_by(VipStep.position)
    )
    return [dict(row) for row in rows.mappings()]


def _page(told: Told, about: Heading, now: datetime, language: Language) -> Page:
    words = WORDS[language]
    known = {
        "clinic": about.clinic["name"], "partner": about.partner, "today": about.today,
        "customer": about.customer, "arrival": about.day(told.figures["arrival_at"]),
    }  # fmt: skip
    return Page(
        title=words["title"].format(**known),
        subtitle=words["subtitle"].format(**known),
        columns=[_stages(told, language), _lateness(told, now, language), _said(told, language)],
        foot=words["foot"].format(**known),
    )


def _stages(told: Told, language: Language) -> list[Line]:
    words = WORDS[language]
    lines = [heading(words["stages"])]
    for row in told.figures["stages"]:
        title = told.stages.get(row["stage"], {}).get(language, row["stage"])
        said = [f"{row['done'] + row['skipped']}/{row['steps']}"]
        if row["late"]:
            said.append(words["late_here"].format(n=row["late"]))
        elif row["in_time"]:
            said.append(words["in_time"])
        lines.append(Line(title, right=" · ".join(said)))
    return lines


def _lateness(told: Told, now: datetime, language: Language) -> list[Line]:
    words = WORDS[language]
    lines = [heading(words["late"])]
    for row in told.late[:MOST_LATE]:
        by = row["done_at"] if row["state"] == "done" else instant(now)
        late = words["minutes"].format(n=round((parsed(by) - parsed(row["due_at"])).total_seconds() / 60))
        said = late if row["state"] == "done" else words["open"]
        lines.append(Line(row["title"][language], right=said))
    if len(told.late) > MOST_LATE:
        lines.append(Line(words["more"].format(n=len(told.late) - MOST_LATE), FAINT))
    return lines if told.late else [*lines, Line(words["none"], FAINT)]


def _said(told: Told, language: Language) -> list[Line]:
    words, known = WORDS[language], told.figures
    decision = " + ".join(known["decision"]) or words["nothing"]
    lines = [heading(words["decision"]), Line(decision, scale=1.4)]
    if known["amount"] is not None:
        lines += [gap(), heading(words["amount"]), Line(yuan(known["amount"]), scale=1.4)]
    for name in SAID:
        if told.review.get(name):
            lines += [gap(), heading(words[name]), Line(str(told.review[name]))]
    return lines
