"""Who came through the channel: VIP cases, each as far on its way as its arrival says."""

from dataclasses import dataclass
from typing import Any

from server.demo.coordinating import Case, coordinate
from server.demo.guests import PHONES
from server.demo.script import Due, Guest, Script
from server.instants import later

HERE_SINCE_MINUTES = 95


@dataclass(frozen=True)
class Journey:
    """A VIP. `opened`: so many days ago; `arrival`: day from today and hour, None: just now here.
    `until`: the decision that it waits for; `forgotten`: steps that nobody has thought of."""

    name: str
    gender: str
    born: str
    opened: int
    arrival: tuple[int, float] | None
    wishes: str
    until: str = ""
    forgotten: tuple[str, ...] = ()
    contested: str = ""


JOURNEYS = (
    Journey("钱雅文", "female", "1974-03-08", 0, (8, 11), "面部年轻化，希望自然", until="review"),
    Journey("尹嘉欣", "female", "1982-11-19", 1, (6, 15), "下颌缘紧致", until="confirm"),
    Journey("汤美玲", "female", "1969-06-02", 5, (4, 14), "眼周年轻化，女儿婚礼前恢复", until="answer"),
    Journey(
        "史文博", "male", "1971-01-27", 9, (1, 10.5), "去眼袋，不想被同事看出来", forgotten=("tell_service",)
    ),
    Journey(
        "龚若曦", "female", "1990-09-14", 12, None, "鼻部调整", forgotten=("room", "floors"), contested="tour"
    ),
    Journey("黎婉清", "female", "1966-05-30", 14, (-1, 9.5), "全面部提升"),
    Journey("常玉洁", "female", "1978-12-05", 34, (-20, 10), "额部与眉间"),
    Journey("易素芬", "female", "1972-08-21", 62, (-45, 13), "眼袋与泪沟"),
)
"""From the form that has just come in to the journeys that are over."""

PLANS = (
    ("A", ["眼袋去除"], 1_280_000, "肿胀 1-2 周，少量淤青"),
    ("B", ["眼袋去除", "玻尿酸填充"], 1_980_000, "肿胀 1-2 周，局部淤青，需补充注射"),
    ("C", ["眼袋去除", "玻尿酸填充", "射频紧肤"], 2_860_000, "恢复期较长，分两次完成"),
)
"""Basic, ideal and complete; prices in fen."""
SURGERY = 12
"""What they come for, of the catalogue: removal of eye bags."""


def bring(script: Script, customers: int) -> list[Due]:
    """All of them, after so many other customers; returns what their treatments owe."""
    dues: list[Due] = []
    for number, journey in enumerate(JOURNEYS):
        case = _open(script, customers + number, journey)
        if _decide(case, journey):
            _agree_on_a_plan(case, journey)
            dues += coordinate(case, SURGERY, journey.forgotten, journey.contested)
    return dues


def _open(script: Script, number: int, journey: Journey) -> Case:
    """The channel developer writes the customer down and fills in the form, before midday."""
    people = {role: holders[0] for role, holders in script.holders.items()}
    at = script.after(script.now, -240, -200) if not journey.opened else script.in_hours(-journey.opened)
    guest = Guest(
        script.new_id(at), journey.name, journey.gender, str(PHONES + number), people["consultant"], {}, at
    )
    arrival = script.clock(*journey.arrival) if journey.arrival else _just_now(script)
    case = Case(script, script.new_id(at), guest, people, later(at, minutes=20), arrival)
    case.act(
        at, "channel_dev", "customer.create", id=guest.id, name=guest.name, gender=guest.gender,
        birth_date=journey.born,
        phones=[guest.phone], source="合作美容院", preferences={"drink": "温水", "companions": "店主陪同"},
    )  # fmt: skip
    form = {
        "wishes": journey.wishes, "language": "普通话", "etiquette": "称呼姓氏，避免当众谈价格",
        "preferences": "温水，房间安静", "expected_amount": PLANS[1][2], "budget": PLANS[0][2],
        "decision_maker": "本人，店主的意见很重要", "history": "三年前双眼皮（外院）",
        "contraindications": "无已知过敏", "best_date": arrival[:10],
    }  # fmt: skip
    case.act(
        case.opened_at, "channel_dev", "vip.open", id=case.id, customer_id=guest.id,
        partner_id=script.partner_id, screening=form, arrival_at=later(arrival, hours=-2), party_size=2,
    )  # fmt: skip
    return case


def _just_now(script: Script) -> str:
    return later(script.now, minutes=-HERE_SINCE_MINUTES)


def _decide(case: Case, journey: Journey) -> bool:
    """Administration and customer service; whether it is a VIP by now."""
    if journey.until == "review":
        return False
    case.act(case.after(40), "admin_office", "vip.review", case_id=case.id, decision="approve")
    if journey.until == "confirm":
        return False
    case.act(case.after(100), "customer_service", "vip.confirm", case_id=case.id, decision="confirm")
    for minutes, role in enumerate(("consultant", "doctor", "nurse", "consult_assistant")):
        named = {"role": role, "staff_id": case.people[role]}
        case.act(case.after(110 + minutes), "customer_service", "vip.assign", case_id=case.id, **named)
    return True


def _agree_on_a_plan(case: Case, journey: Journey) -> None:
    """Written the next day, approved and released the day after, then the salon and the customer answer."""
    plans: dict[str, str] = {}
    for number, (label, procedures, price, risks) in enumerate(PLANS):
        at = case.after(60 * 20 + 15 * number)
        plans[label] = case.script.new_id(at)
        plan: dict[str, Any] = {"procedures": procedures, "price": price, "risks": risks}
        case.act(
            at, "consultant", "vip.plan.write", id=plans[label], case_id=case.id, label=label, **plan
        )  # fmt: skip
    for number, label in enumerate("AB"):
        case.act(case.after(60 * 24 + number), "doctor", "vip.plan.approve", id=plans[label])
    case.act(case.after(60 * 26), "customer_service", "vip.plan.release", id=plans["A"])
    asked = {"answer": "question", "note": "店主问恢复期能否缩短"}
    case.act(case.after(60 * 30), "partner_consultant", "vip.plan.answer", id=plans["A"], **asked)
    if journey.until == "answer":
        return
    case.act(case.after(60 * 31), "customer_service", "vip.plan.release", id=plans["B"])
    accepted = {"answer": "accepted", "note": "顾客和店主都同意"}
    case.act(case.after(60 * 50), "partner_consultant", "vip.plan.answer", id=plans["B"], **accepted)
    journey_there = {
        "flight": "CA1501 08:35",
        "hotel": "大床房一间",
        "car": "商务车接机",
        "meals": "清淡，不吃辣",
    }
    case.act(
        case.after(60 * 52), "channel_dev", "vip.arrival", case_id=case.id, arrival_at=case.arrival_at,
        party_size=3, transport=journey_there,
    )  # fmt: skip
