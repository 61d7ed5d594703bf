"""The stages and steps of a VIP journey as a clinic finds them: who owns each, when, and what it gates.

A clinic edits its own versions (templates.py), which cases copy their steps from. What the code knows by name
is here: every version keeps it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from server.clinic.vip.lead_times import Lead

TITLES = {
    "screening": ("筛查", "Screening"),
    "plan": ("方案", "Plan"),
    "arrangements": ("接待准备", "Arrangements"),
    "arrival": ("到院", "Arrival"),
    "consultation": ("咨询", "Consultation"),
    "medical_desk": ("医务台", "Medical desk"),
    "ward": ("病房", "Ward"),
    "operating_room": ("手术室", "Operating room"),
    "after_care": ("术后护理", "After-care"),
    "farewell": ("送别与小结", "Farewell and review"),
}
STAGES = tuple(TITLES)
SCREENING = STAGES[0]
EARLY_STAGES = frozenset(STAGES[:3])
TOUCH_UP = "touch_up"
"""What the partner salon sees besides the early stages."""

FORM, REVIEW, CONFIRMATION, ANSWER = "form", "review", "confirmation", "answer"
BY_DECISION = frozenset({FORM, REVIEW, CONFIRMATION})
"""Steps that follow from the case's own decisions, and are ticked in no other way."""
CONSENT_GATE = "consent"
"""The gate that nobody passes by skipping."""


@dataclass(frozen=True)
class Step:
    stage: str
    code: str
    owner_role: str
    zh: str
    en: str
    lead: Lead = None
    mandatory: bool = True
    gate: str | None = None

    @property
    def title(self) -> dict[str, str]:
        return {"zh": self.zh, "en": self.en}


def _days(days: int, **at: str) -> dict[str, Any]:
    return {"days": days, **at}


def _minutes(minutes: int) -> dict[str, Any]:
    return {"minutes": minutes}


HOUR = _minutes(-60)
HALF_HOUR = _minutes(-30)
DURING = _minutes(0)

STEPS = (
    Step("screening", FORM, "channel_dev", "填写筛查表", "Fill in the screening form"),
    Step("screening", "first_photos", "channel_dev", "拍摄到院前照片", "Take the pre-arrival photos"),
    Step("screening", REVIEW, "admin_office", "行政审核", "Review by administration"),
    Step(
        "screening", CONFIRMATION, "customer_service", "客服确认VIP", "VIP status confirmed",
        gate="confirmation",
    ),
    Step("plan", "assign_consultant", "customer_service", "指派VIP咨询师", "Assign the VIP consultant"),
    Step("plan", "write_plans", "consultant", "制定A/B/C方案", "Write plans A, B and C"),
    Step("plan", "approve_plans", "doctor", "医生审定方案", "Surgeon approves the plans"),
    Step("plan", "release_plans", "customer_service", "方案发给驻店咨询师", "Release to the partner consultant"),
    Step("plan", "meeting", "consultant", "统一口径会", "Meeting that aligns the message", _days(-1)),
    Step("plan", ANSWER, "customer_service", "顾客接受方案", "A plan is accepted", gate="plan"),
    Step(
        "arrangements", "party", "channel_dev", "上报人数、票务、房间", "Party size, tickets, rooms wanted",
        _days(-3),
    ),
    Step(
        "arrangements", "tell_service", "admin_office", "通知客服与术后护理", "Tell customer service and after-care",
        _days(-2),
    ),
    Step(
        "arrangements", "bookings", "admin_office", "订餐、房间、票、车", "Meals, rooms, tickets, car booked",
        _days(-2),
    ),
    Step(
        "arrangements", "welcome", "admin_office", "接机牌、鲜花、水果、饮品、点心到前台",
        "Name sign, flowers, fruit, drinks, pastries at the desk", HOUR,
    ),
    Step(
        "arrangements", "tell_ward", "customer_service", "通知VIP咨询师和VIP病房", "Tell the consultant and the ward",
        _days(-1),
    ),
    Step(
        "arrangements", "assign_after_care", "customer_service", "指派术后护理人员", "Assign the after-care person",
        _days(-1),
    ),
    Step(
        "arrangements", "tell_channel", "customer_service", "告知渠道部与行政", "Tell channel and administration",
        _days(-1),
    ),
    Step(
        "arrangements", "in_place", "customer_service", "到机场/车站/前台等候", "At the airport, station or desk",
        HALF_HOUR,
    ),
    Step("arrival", "lights", "admin_office", "大厅与参观路线开灯", "Lobby and tour lights on", HALF_HOUR),
    Step("arrival", "greeting", "customer_service", "称呼姓氏迎接", "Greeted by name", DURING),
    Step("arrival", "tour", "customer_service", "参观院区（饭点先用餐）", "Tour of the house, meal first if due"),
    Step("arrival", "lounge", "customer_service", "VIP室休息10-15分钟，播放影片", "Lounge, rest, clinic film"),
    Step("arrival", "floors", "customer_service", "逐层讲解", "Floor-by-floor explanation", mandatory=False),
    Step(
        "arrival", "theatre_visit", "nurse", "更衣后在外间参观手术区", "Operating area from the outer room",
        mandatory=False,
    ),
    Step("arrival", "lights_off", "admin_office", "参观后关灯", "Tour lights off", mandatory=False),
    Step("consultation", "pre_op_photos", "consult_assistant", "补全术前照片", "Pre-op photo set complete"),
    Step("consultation", "design", "consultant", "设计", "Design session"),
    Step("consultation", TOUCH_UP, "consultant", "与驻店咨询师、店主最后沟通", "Last touch-up with partner and owner"),
    Step("consultation", "consultation", "consultant", "咨询", "Consultation"),
    Step("consultation", "expert", "doctor", "专家面诊（咨询师先汇报）", "Expert's consultation after briefing"),
    Step("consultation", "decision", "consultant", "成交项目与金额", "Decision and amount"),
    Step(
        "consultation", "payment", "finance", "到座刷卡，治疗通知单盖收讫", "Paid at the seat, notice stamped",
        gate="payment",
    ),
    Step(
        "consultation", "tell_medical", "consultant", "通知医务部、门诊医生和医务台",
        "Medical department, doctor and desk told",
    ),
    Step("consultation", "tell_ward_now", "doctor", "医务台通知病房", "Medical desk tells the ward"),
    Step("medical_desk", "record", "doctor", "书写病历", "Record written"),
    Step("medical_desk", "orders", "doctor", "化验、用药、检查医嘱", "Lab, medication and examination orders"),
    Step(
        "medical_desk", "consents", "doctor", "签署知情同意书与治疗通知单", "Consents and treatment notice signed",
        gate=CONSENT_GATE,
    ),
    Step("medical_desk", "ward_ready", "doctor", "通知病房准备", "Ward told to be ready"),
    Step("ward", "room", "nurse", "病房准备，空调打开", "Room ready, air-conditioning on", HALF_HOUR),
    Step("ward", "skin_test", "nurse", "先做皮试", "Skin test first"),
    Step("ward", "injection", "nurse", "测血压、术前针", "Blood pressure, pre-op injection"),
    Step("ward", "hair", "nurse", "小切口拉皮洗头", "Hair washed (small-incision lifts)", mandatory=False),
    Step("ward", "gown", "nurse", "更换手术衣帽", "Gown and cap changed"),
    Step("ward", "walk", "nurse", "护士、咨询师、客服陪送手术室并交接", "Walked to the operating room, handed over"),
    Step("operating_room", "check", "nurse", "核对通知单与顾客", "Notice checked against the customer"),
    Step("operating_room", "company", "nurse", "全程陪伴、安抚", "Accompanied and calmed throughout"),
    Step("operating_room", "line", "nurse", "采样与穿刺一次完成", "Samples and line in one go"),
    Step("operating_room", "call", "nurse", "结束时通知病房与术后护理", "Ward and after-care called at the end"),
    Step(
        "operating_room", "handover", "nurse", "交接生命体征、引流、意识、物品，保暖",
        "Handed over: vital signs, drains, consciousness, belongings; warm",
    ),
    Step("after_care", "round_morning", "doctor", "医生查房 09:00", "Surgeon's round, 09:00", _days(1, at="09:00")),
    Step(
        "after_care", "round_afternoon", "doctor", "医生查房 16:00", "Surgeon's round, 16:00", _days(1, at="16:00")
    ),
    Step("after_care", "order", "doctor", "注射书面医嘱", "Written order for injectables", mandatory=False),
    Step("after_care", "nursing", "nurse", "治疗与护理，输液陪护", "Treatment, nursing, company during infusion"),
    Step("after_care", "guidance", "nurse", "术后须知与出院指导", "After-care notice, discharge guidance"),
    Step("after_care", "visit", "consultant", "咨询师探望", "Consultant's visit"),
    Step("after_care", "daily", "customer_service", "餐食与日常照料", "Meals and daily needs"),
    Step("farewell", "belongings", "customer_service", "物品、车票、礼物", "Belongings, car or ticket, gift"),
    Step("farewell", "thanks", "customer_service", "24小时内感谢信息", "Thank-you message within 24 h"),
    Step("farewell", "tell_partner", "channel_dev", "告知合作方", "Partner informed"),
    Step("farewell", "feedback", "customer_service", "征求并记录VIP反馈", "The VIP's own feedback recorded"),
    Step("farewell", "team_review", "customer_service", "团队小结", "The team's short review"),
)  # fmt: skip

EARLY = frozenset(step.code for step in STEPS if step.stage in EARLY_STAGES) | {TOUCH_UP}
CLINICAL = frozenset({"doctor", "nurse", "consult_assistant"})


def shown_to_partners(step: Mapping[str, Any]) -> bool:
    """The early stages and the touch-up; of what a clinic adds to them, nothing that clinical people do."""
    if step["stage"] not in EARLY_STAGES:
        return bool(step["code"] == TOUCH_UP)
    return step["code"] in EARLY or step["owner_role"] not in CLINICAL


def usual() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Stages and steps as a template holds them (server/clinic/vip/templates.py)."""
    stages = [{"code": code, "title": {"zh": zh, "en": en}} for code, (zh, en) in TITLES.items()]
    names = ("stage", "code", "owner_role", "title", "lead", "mandatory", "gate")
    return stages, [{name: getattr(step, name) for name in names} for step in STEPS]
