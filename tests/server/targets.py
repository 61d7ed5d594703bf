"""Something to try each act on."""

from collections.abc import Callable
from typing import Any

from server.clinic.conflicts import Conflict
from server.clinic.notice_settings import settings_id
from server.clinic.notices import Notice
from server.clinic.planning import DEFAULT_RULES
from server.clinic.vip import template
from server.clinic.vip.steps import step_id
from server.sync.rejections import Rejection
from tests.rigs.client import instant, uuid7
from tests.server.scene import NOW, Scene, ago

FACE_VIEWS = ("F", "LO", "LL", "RO", "RL")


def photo_set(customer_id: str, **more: Any) -> dict[str, Any]:
    """The arguments of photo_set.start."""
    return {
        "id": uuid7(), "customer_id": customer_id, "region": "face", "time_point": "pre",
        "rule": "degrees", "checklist": {"curtains": True}, **more,
    }  # fmt: skip


def photo(set_id: str, **more: Any) -> dict[str, Any]:
    """The arguments of photo.add."""
    return {
        "id": uuid7(), "set_id": set_id, "view": "F", "sha256": "ab" * 32, "size_bytes": 1000,
        "width": 96, "height": 64, "taken_at": ago(minutes=5),
        "capture": {"method": "camera", "lens": "back", "zoom": 1, "tilt": 0.5},
        "checks": {"sharpness": "green"}, **more,
    }  # fmt: skip


class Targets:
    """Something to try each act on, made anew for every try."""

    def __init__(self, scene: Scene, actor_id: str, role: str, colleague_id: str) -> None:
        self.scene, self.actor_id, self.role, self.colleague_id = scene, actor_id, role, colleague_id
        self._salons: dict[str, str] = {}

    def of(self, act: str, whose: str) -> dict[str, Any]:
        """The arguments for an act on something that is the actor's `own`, or not."""
        make: Callable[..., dict[str, Any]] = getattr(self, act.replace(" ", "_").replace(".", "_"))
        return make(self.scene.customer(self.actor_id if whose == "own" else None), whose)

    def customer_create(self, _customer: str, _whose: str) -> dict[str, Any]:
        return {"id": uuid7(), "name": "李静", "phones": []}

    def customer_create_for_somebody_else(self, *_: str) -> dict[str, Any]:
        return {"id": uuid7(), "name": "李静", "phones": [], "owner_id": self.colleague_id}

    def customer_update(self, customer: str, _whose: str) -> dict[str, Any]:
        return {"id": customer, "set": {"source": "朋友"}, "seen": {"source": None}}

    def customer_update_of_the_owner(self, customer: str, whose: str) -> dict[str, Any]:
        seen = {"owner_id": self.actor_id if whose == "own" else None}
        return {"id": customer, "set": {"owner_id": self.colleague_id}, "seen": seen}

    def customer_update_medical(self, customer: str, _whose: str) -> dict[str, Any]:
        return {"id": customer, "set": {"allergies": ["青霉素"]}, "seen": {"allergies": []}}

    def customer_keep(self, customer: str, _whose: str) -> dict[str, Any]:
        return {"customer_id": customer}

    customer_release = customer_keep

    def alert_raise(self, customer: str, _whose: str) -> dict[str, Any]:
        return {"id": uuid7(), "customer_id": customer, "text": "青霉素过敏", "severity": "danger"}

    def alert_clear(self, customer: str, whose: str) -> dict[str, Any]:
        return {"id": self.scene.perform("alert.raise", self.alert_raise(customer, whose)), "reason": "误报"}

    def conflict_resolve(self, customer: str, _whose: str) -> dict[str, Any]:
        id = conflict(self.scene, customer, "customer", "profile", "source", None, "朋友")
        return {"id": id, "choice": {"source": "朋友"}}

    def conflict_resolve_of_the_owner(self, customer: str, whose: str) -> dict[str, Any]:
        kept = self.actor_id if whose == "own" else None
        id = conflict(self.scene, customer, "customer", "profile", "owner_id", kept, self.colleague_id)
        return {"id": id, "choice": {"owner_id": self.colleague_id}}

    def conflict_resolve_of_the_medical_part(self, customer: str, whose: str) -> dict[str, Any]:
        self.scene.perform("customer.update_medical", self.customer_update_medical(customer, whose))
        id = conflict(self.scene, customer, "customer_medical", "medical", "notes", "", "晕针")
        return {"id": id, "choice": {"notes": "晕针"}}

    def treatment_plan(self, customer: str, _whose: str) -> dict[str, Any]:
        return {
            "id": uuid7(), "customer_id": customer, "category": "dental", "name": "洁牙", "sites": ["全口"],
            "planned_at": ago(days=-1),
        }  # fmt: skip

    def treatment_complete(self, customer: str, whose: str) -> dict[str, Any]:
        args = self.treatment_plan(customer, whose)
        args["performed_at"] = args.pop("planned_at")
        return args

    def treatment_void(self, customer: str, _whose: str) -> dict[str, Any]:
        return {"id": self.scene.treatment(customer), "reason": "录错"}

    def appointment_book(self, customer: str, _whose: str) -> dict[str, Any]:
        return {"id": uuid7(), "customer_id": customer, "at": ago(days=-2), "kind": "check"}

    def appointment_move(self, customer: str, whose: str) -> dict[str, Any]:
        id = self.scene.perform("appointment.book", self.appointment_book(customer, whose))
        return {"id": id, "at": ago(days=-3), "reason": "顾客改期"}

    def appointment_cancel(self, customer: str, whose: str) -> dict[str, Any]:
        id = self.scene.perform("appointment.book", self.appointment_book(customer, whose))
        return {"id": id, "reason": "顾客不来了"}

    def followup_create(self, customer: str, _whose: str) -> dict[str, Any]:
        return {
            "id": uuid7(), "customer_id": customer, "kind": "check", "role": "customer_service",
            "channels": ["call"], "due_from": ago(hours=1), "due_at": ago(hours=-1), "purpose": "回访",
        }  # fmt: skip

    def _followup(self, customer: str, whose: str) -> str:
        if whose == "assigned":
            return self.scene.followup(customer, assignee_id=self.actor_id)
        # One that is nobody's in particular belongs to a role that nobody here tries as.
        return self.scene.followup(customer, role=self.role if whose == "role" else "partner_consultant")

    def followup_reschedule(self, customer: str, whose: str) -> dict[str, Any]:
        id = self._followup(customer, whose)
        return {"id": id, "planned_at": ago(hours=-1), "reason": "顾客要求"}

    def followup_attempt(self, customer: str, whose: str) -> dict[str, Any]:
        id = self._followup(customer, whose)
        return {"id": uuid7(), "followup_id": id, "channel": "call", "outcome": "reached", "content": {}}

    def followup_escalate(self, customer: str, whose: str) -> dict[str, Any]:
        return {"id": uuid7(), "followup_id": self._followup(customer, whose), "reason": "红肿加重"}

    def followup_hand_on(self, customer: str, whose: str) -> dict[str, Any]:
        id = self._followup(customer, whose)
        return {"id": uuid7(), "followup_id": id, "role": "nurse", "question": "何时可以化妆"}

    def followup_assign(self, customer: str, whose: str) -> dict[str, Any]:
        return {"id": self._followup(customer, whose), "assignee_id": self.colleague_id}

    def day_sign_off(self, *_: str) -> dict[str, Any]:
        return {"id": uuid7(), "date": ago(days=1)[:10]}

    def day_sign_off_for_somebody_else(self, customer: str, _whose: str) -> dict[str, Any]:
        left = [{"followup_id": self.scene.followup(customer), "reason": "顾客出差"}]
        return {**self.day_sign_off(), "staff_id": self.colleague_id, "left": left}

    def attempt_review(self, customer: str, whose: str) -> dict[str, Any]:
        attempt = self.scene.perform("followup.attempt", self.followup_attempt(customer, whose))
        return {"id": uuid7(), "attempt_id": attempt, "verdict": "talk", "note": "没有问恢复情况"}

    def message_sent(self, customer: str, _whose: str) -> dict[str, Any]:
        return {"id": uuid7(), "customer_id": customer, "template": None, "body": "您好", "channel": "sms"}

    def consent_sign(self, customer: str, _whose: str) -> dict[str, Any]:
        return {
            "id": uuid7(), "customer_id": customer, "purpose": "record", "wording_version": "2026-1",
            "signature": "M1 1L20 20", "signed_at": ago(hours=1),
        }  # fmt: skip

    def consent_revoke(self, customer: str, whose: str) -> dict[str, Any]:
        consent = self.scene.perform("consent.sign", self.consent_sign(customer, whose))
        return {"id": uuid7(), "consent_id": consent, "reason": "顾客要求"}

    def photo_set_start(self, customer: str, whose: str) -> dict[str, Any]:
        self.scene.perform("consent.sign", self.consent_sign(customer, whose))
        return photo_set(customer)

    def photo_set_skip(self, customer: str, whose: str) -> dict[str, Any]:
        id = self.scene.perform("photo_set.start", self.photo_set_start(customer, whose))
        return {"id": id, "view": "F", "reason": "顾客不便"}

    def photo_set_finish(self, customer: str, whose: str) -> dict[str, Any]:
        id = self.scene.perform("photo_set.start", self.photo_set_start(customer, whose))
        return {"id": id, "skipped": [{"view": view, "reason": "顾客不便"} for view in FACE_VIEWS]}

    def photo_add(self, customer: str, whose: str) -> dict[str, Any]:
        return photo(self.scene.perform("photo_set.start", self.photo_set_start(customer, whose)))

    def photo_opened(self, customer: str, whose: str) -> dict[str, Any]:
        return {"id": self.scene.perform("photo.add", self.photo_add(customer, whose))}

    def photo_void(self, customer: str, whose: str) -> dict[str, Any]:
        return {"id": self.scene.perform("photo.add", self.photo_add(customer, whose)), "reason": "拍错人"}

    def photo_stored(self, customer: str, whose: str) -> dict[str, Any]:
        added = self.photo_add(customer, whose)
        id = self.scene.perform("photo.add", added)
        return {"id": uuid7(), "photo_id": id, "sha256": added["sha256"], "staff_id": self.actor_id}

    def photo_viewed(self, customer: str, whose: str) -> dict[str, Any]:
        id = self.scene.perform("photo.add", self.photo_add(customer, whose))
        return {"photo_id": id, "staff_id": self.actor_id}

    def photo_exported(self, customer: str, whose: str) -> dict[str, Any]:
        id = self.scene.perform("photo.add", self.photo_add(customer, whose))
        return {"photo_ids": [id], "purpose": "record", "format": "pdf", "staff_id": self.actor_id}

    def notice_read(self, _customer: str, whose: str) -> dict[str, Any]:
        return {"id": notice(self.scene, self.actor_id if whose == "own" else self.colleague_id)}

    def notice_settings(self, *_: str) -> dict[str, Any]:
        return {
            "kinds_off": ["window"], "quiet": {"from": "20:00", "to": "09:00"}, "channels": ["sms", "push"],
            "wecom_id": None, "phone": "13800001111",
        }  # fmt: skip

    def rejection_dismiss(self, _customer: str, whose: str) -> dict[str, Any]:
        return {"id": rejection(self.scene, self.actor_id if whose == "own" else self.colleague_id)}

    def partner_add(self, *_: str) -> dict[str, Any]:
        return {"id": uuid7(), "name": "沙龙"}

    def staff_add(self, *_: str) -> dict[str, Any]:
        return {"id": uuid7(), "login": uuid7(), "name": "新人", "roles": ["nurse"]}

    def staff_update(self, *_: str) -> dict[str, Any]:
        id = self.scene.perform("staff.add", self.staff_add())
        return {"id": id, "roles": ["doctor"]}

    def staff_password_given(self, *_: str) -> dict[str, Any]:
        return {"person_id": self.colleague_id, "staff_id": self.actor_id}

    def staff_second_factor_removed(self, *_: str) -> dict[str, Any]:
        return self.staff_password_given()

    def device_taken_in(self, *_: str) -> dict[str, Any]:
        return {"device_id": uuid7(), "staff_id": self.actor_id}

    def customer_exported(self, customer: str, _whose: str) -> dict[str, Any]:
        return {"customer_id": customer, "staff_id": self.actor_id}

    def clinic_appoint_compliance(self, *_: str) -> dict[str, Any]:
        return {"staff_id": self.colleague_id}

    def clinic_set_second_factor(self, *_: str) -> dict[str, Any]:
        return {"required": False}  # nobody has one

    def clinic_set_rules(self, *_: str) -> dict[str, Any]:
        return {"seen_version": 1, "rules": DEFAULT_RULES}

    def clinic_set_windows(self, *_: str) -> dict[str, Any]:
        return {"call_windows": [["10:00", "12:00"]]}

    def clinic_set_template(self, *_: str) -> dict[str, Any]:
        return {"code": "missed_call", "body": {"zh": "{surname}{form}您好", "en": "Hello {surname}"}}

    def clinic_set_vip_template(self, *_: str) -> dict[str, Any]:
        stages, steps = template.usual()
        return {"seen_version": 1, "stages": stages, "steps": steps}

    def clinic_set_holidays(self, *_: str) -> dict[str, Any]:
        return {"add": ["2027-02-08"]}

    def clinic_open(self, *_: str) -> dict[str, Any]:
        return {"code": uuid7(), "name": "另一家"}

    def _salon(self, whose: str) -> str:
        if whose not in self._salons:
            self._salons[whose] = self.scene.partner_of(self.actor_id if whose == "own" else None)
        return self._salons[whose]

    def _vip(self, customer: str, whose: str, *decided: str) -> str:
        """A case that is the actor's when `own`: on the team, or brought by their salon."""
        partner = self._salon("own" if whose == "own" else "others")
        id = self.scene.vip_case(customer, partner, *decided)
        if whose == "own" and self.role != "partner_consultant":
            args = {"case_id": id, "role": self.role, "staff_id": self.actor_id}
            self.scene.perform("vip.assign", args)
        return id

    def vip_open(self, customer: str, _whose: str) -> dict[str, Any]:
        partner = self._salon("others")
        return {
            "id": uuid7(),
            "customer_id": customer,
            "partner_id": partner,
            "screening": {"wishes": "年轻"},
        }

    def vip_review(self, customer: str, whose: str) -> dict[str, Any]:
        return {"case_id": self._vip(customer, whose), "decision": "approve"}

    def vip_resubmit(self, customer: str, whose: str) -> dict[str, Any]:
        return {"case_id": self._vip(customer, whose, "return"), "screening": {"wishes": "自然"}}

    def vip_confirm(self, customer: str, whose: str) -> dict[str, Any]:
        return {"case_id": self._vip(customer, whose, "approve"), "decision": "confirm"}

    def vip_assign(self, customer: str, whose: str) -> dict[str, Any]:
        return {"case_id": self._vip(customer, whose), "role": "consultant", "staff_id": self.colleague_id}

    def vip_arrival(self, customer: str, whose: str) -> dict[str, Any]:
        return {"case_id": self._vip(customer, whose), "arrival_at": ago(days=-3)}

    def vip_close(self, customer: str, whose: str) -> dict[str, Any]:
        case = self._vip(customer, whose, "approve", "confirm")
        self.scene.finish_vip_steps(case)
        return {"case_id": case, "review": {"well": "准时"}}

    def vip_plan_write(self, customer: str, whose: str) -> dict[str, Any]:
        return {
            "id": uuid7(), "case_id": self._vip(customer, whose, "approve", "confirm"), "label": "A",
            "procedures": ["线雕"], "price": 1_280_000, "risks": "肿胀",
        }  # fmt: skip

    def vip_plan_approve(self, customer: str, whose: str) -> dict[str, Any]:
        return {"id": self.scene.perform("vip.plan.write", self.vip_plan_write(customer, whose))}

    def vip_plan_release(self, customer: str, whose: str) -> dict[str, Any]:
        id = self.vip_plan_approve(customer, whose)["id"]
        return {"id": self.scene.perform("vip.plan.approve", {"id": id})}

    def vip_plan_answer(self, customer: str, whose: str) -> dict[str, Any]:
        id = self.vip_plan_release(customer, whose)["id"]
        return {"id": self.scene.perform("vip.plan.release", {"id": id}), "answer": "accepted"}

    def vip_printed(self, customer: str, whose: str) -> dict[str, Any]:
        args = {"what": "report", "format": "pdf", "staff_id": self.actor_id}
        return {"case_id": self._vip(customer, whose), **args}

    def vip_step(self, customer: str, whose: str) -> dict[str, Any]:
        return self._vip_step(customer, whose, "greeting")

    def vip_step_of_administration(self, customer: str, whose: str) -> dict[str, Any]:
        return self._vip_step(customer, whose, "lights")

    def vip_step_of_finance(self, customer: str, whose: str) -> dict[str, Any]:
        return self._vip_step(customer, whose, "payment")

    def _vip_step(self, customer: str, whose: str, code: str) -> dict[str, Any]:
        step = step_id(self._vip(customer, whose, "approve", "confirm"), code)
        return {"id": uuid7(), "step_id": step, "state": "done", "seen_state": "todo"}


def conflict(scene: Scene, customer: str, table: str, facet: str, field: str, kept: Any, other: Any) -> str:
    both = {field: {"kept": kept, "other": other, "by": None, "at": ago(hours=1)}}
    with scene.transaction() as tx:
        row = tx.insert(
            Conflict, uuid7(), table=table, row_id=customer, customer_id=customer, fields=both,
            row_facet=facet,
        )  # fmt: skip
    return str(row["id"])


def notice(scene: Scene, staff_id: str) -> str:
    with scene.transaction() as tx:
        row = tx.insert(
            Notice, uuid7(), staff_id=staff_id, kind="hand_on", title={"zh": "问", "en": "?"}, target="/",
            read_at=None, deliveries=[],
        )  # fmt: skip
    return str(row["id"])


def own_settings(scene: Scene, staff_id: str) -> str:
    args = Targets(scene, staff_id, "", "").notice_settings()
    scene.perform("notice.settings", args, by=staff_id)
    return settings_id(staff_id)


def rejection(scene: Scene, staff_id: str) -> str:
    with scene.transaction() as tx:
        row = tx.insert(
            Rejection, uuid7(), staff_id=staff_id, device_id=uuid7(), seq=1, name="customer.create",
            args={}, code="forbidden", message="-", at=instant(NOW),
        )  # fmt: skip
    return str(row["id"])
