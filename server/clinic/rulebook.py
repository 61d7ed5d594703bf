"""What the administrator changes about follow-ups: rules, call windows, texts, closed days.

Changes apply to what is planned from then on. A treatment keeps the version of the rules that it was
completed under, and so do phones that were offline.
"""

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from server.clinic.fields import Day, list_of, one_of, text
from server.clinic.followups import CHANNELS, CORRECT_PHONE, ESCALATION, HAND_ON
from server.clinic.permissions import ACTS, ROLES, require
from server.clinic.settings import Clinic, RuleTable, Template, clinic_of, rule_table_id, template_id
from server.sync.mutations import Args, Rejected, mutation
from server.sync.transaction import Transaction

PLACEHOLDERS = frozenset({"surname", "form", "clinic", "staff", "phone", "treatment"})
LONGEST_DAYS = 1000
MOST_HOLIDAYS = 400
CODE = r"[a-z][a-z0-9_]{0,39}"
RESERVED = (ESCALATION, HAND_ON, CORRECT_PHONE)
CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]"


class Moment(Schema):
    """{"hours": 2} after the treatment, or {"day": 3, "edge": "end"} of a calendar day after its day."""

    hours = fields.Integer(strict=True, validate=validate.Range(0, LONGEST_DAYS * 24))
    day = fields.Integer(strict=True, validate=validate.Range(0, LONGEST_DAYS))
    edge = one_of("start", "end")

    @validates_schema
    def one_way(self, data: Args, **_: Any) -> None:
        if set(data) not in ({"hours"}, {"day", "edge"}):
            raise ValidationError("Either hours, or a day and which end of it.")


class Purpose(Schema):
    zh = text(200, shortest=1, required=True)
    en = text(200, shortest=1, required=True)


class Rule(Schema):
    code = text(40, required=True)
    role = one_of(*ROLES, required=True)
    assign = one_of("owner", required=True, allow_none=True)
    channels = list_of(one_of(*CHANNELS), least=1, most=3, required=True)
    from_ = fields.Nested(Moment, required=True, data_key="from")
    due = fields.Nested(Moment, required=True)
    plan_from = fields.Nested(Moment, load_default=None, allow_none=True)
    purpose = fields.Nested(Purpose, required=True)

    @validates_schema
    def makes_sense(self, data: Args, **_: Any) -> None:
        if not re.fullmatch(CODE, data["code"]) or data["code"] in RESERVED:
            raise ValidationError("Not a code for a rule.", "code")
        if data["role"] not in ACTS["followup.write"]:
            raise ValidationError("This role does not work on follow-ups.", "role")
        if len(set(data["channels"])) < len(data["channels"]):
            raise ValidationError("A channel twice.", "channels")
        if any(_hours(data["from_"], clock) > _hours(data["due"], clock) for clock in (FIRST, LAST)):
            raise ValidationError("It cannot be due before it begins.", "due")


# Hours are whole, so half an hour before midnight may stand for the last second of a day, and an hour
# before midnight for the last treatment of a day: comparisons come out the same.
FIRST, LAST = 0, 23


def _hours(moment: Mapping[str, Any], clock: int) -> float:
    """Hours after the midnight before a treatment that was completed at `clock` o'clock."""
    if "hours" in moment:
        return clock + float(moment["hours"])
    return 24 * float(moment["day"]) + (23.5 if moment["edge"] == "end" else 0)


class SetRulesArgs(Schema):
    seen_version = fields.Integer(strict=True, required=True)
    rules = list_of(fields.Nested(Rule), least=1, most=40, required=True)

    @validates_schema
    def codes_are_unique(self, data: Args, **_: Any) -> None:
        if len({rule["code"] for rule in data["rules"]}) < len(data["rules"]):
            raise ValidationError("Two rules of the same code.", "rules")


class SetWindowsArgs(Schema):
    call_windows = list_of(
        fields.List(text(5), validate=validate.Length(equal=2)), least=1, most=8, required=True
    )

    @validates_schema
    def follow_each_other(self, data: Args, **_: Any) -> None:
        times = [clock for window in data["call_windows"] for clock in window]
        if not all(re.fullmatch(CLOCK, clock) for clock in times):
            raise ValidationError("Not a time of day.", "call_windows")
        inside = all(opens < closes for opens, closes in data["call_windows"])
        apart = all(one[1] <= other[0] for one, other in pairwise(data["call_windows"]))
        if not inside or not apart:
            raise ValidationError("Windows begin before they end, one after the other.", "call_windows")


class Body(Schema):
    zh = text(500, shortest=1, required=True)
    en = text(500, shortest=1, required=True)

    @validates_schema
    def placeholders_are_known(self, data: Args, **_: Any) -> None:
        for language, body in data.items():
            known = re.sub(r"\{(" + "|".join(PLACEHOLDERS) + r")\}", "", body)
            if "{" in known or "}" in known:
                raise ValidationError("A placeholder that means nothing.", language)


class SetTemplateArgs(Schema):
    code = text(40, shortest=1, required=True)
    body = fields.Nested(Body, required=True)


class SetHolidaysArgs(Schema):
    add = list_of(Day(), most=MOST_HOLIDAYS, load_default=list)
    remove = list_of(Day(), most=MOST_HOLIDAYS, load_default=list)


@mutation("clinic.set_rules", SetRulesArgs)
def set_rules(tx: Transaction, args: Args) -> None:
    """A new version; refused when somebody else has made one that this person has not seen."""
    require(tx, "clinic.settings")
    version = clinic_of(tx)["rules_version"]
    if args["seen_version"] != version:
        raise Rejected("conflict", "Somebody else has changed the rules meanwhile.")
    rules = [{**_without(rule, "from_"), "from": rule["from_"]} for rule in args["rules"]]
    tx.insert(RuleTable, rule_table_id(tx.clinic_id, version + 1), version=version + 1, rules=rules)
    tx.update(Clinic, tx.clinic_id, rules_version=version + 1)


def _without(row: Args, name: str) -> Args:
    return {key: value for key, value in row.items() if key != name}


@mutation("clinic.set_windows", SetWindowsArgs)
def set_windows(tx: Transaction, args: Args) -> None:
    require(tx, "clinic.settings")
    clinic_of(tx)
    tx.update(Clinic, tx.clinic_id, call_windows=args["call_windows"])


@mutation("clinic.set_template", SetTemplateArgs)
def set_template(tx: Transaction, args: Args) -> None:
    require(tx, "clinic.settings")
    id = template_id(tx.clinic_id, args["code"])
    if tx.get(Template, id) is None:
        raise Rejected("not_found", "There is no such text.")
    tx.update(Template, id, body=args["body"])


@mutation("clinic.set_holidays", SetHolidaysArgs)
def set_holidays(tx: Transaction, args: Args) -> None:
    """By addition and removal, so that two people can enter days at once."""
    require(tx, "clinic.settings")
    days = (set(clinic_of(tx)["holidays"] or ()) | set(args["add"])) - set(args["remove"])
    if len(days) > MOST_HOLIDAYS:
        raise Rejected("validation", "These are too many days.", add=["many"])
    tx.update(Clinic, tx.clinic_id, holidays=sorted(days))
