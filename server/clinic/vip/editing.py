"""The clinic edits its journey: stages, steps, owners, lead times. Running cases keep the version they have.

What the code knows by name stays in every version: the screening with its decisions, and the gates.
"""

import re
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from server.clinic.fields import Flag, list_of, one_of, text
from server.clinic.permissions import ACTS, ROLES, require
from server.clinic.rulebook import CLOCK, CODE
from server.clinic.vip import template
from server.clinic.vip.templates import add, newest
from server.sync.mutations import Args, Rejected, mutation
from server.sync.transaction import Transaction

MOST_STAGES, MOST_STEPS = 20, 200
FURTHEST_DAYS = 365
OWN_GATE = "clinic"
"""A gate that the clinic has set: passed by skipping only by a lead, like those of the journey."""
KEPT = {
    step.code: step
    for step in template.STEPS
    if step.gate or step.code in template.BY_DECISION
}  # fmt: skip


class Title(Schema):
    zh = text(80, shortest=1, required=True)
    en = text(80, shortest=1, required=True)


class LeadTime(Schema):
    """{"minutes": -30} from the arrival, or {"days": 1, "at": "09:00"}: see lead_times.py."""

    minutes = fields.Integer(
        strict=True, validate=validate.Range(-FURTHEST_DAYS * 1440, FURTHEST_DAYS * 1440)
    )
    days = fields.Integer(strict=True, validate=validate.Range(-FURTHEST_DAYS, FURTHEST_DAYS))
    at = fields.String(validate=validate.Regexp(f"^{CLOCK}$"))

    @validates_schema
    def one_way(self, data: Args, **_: Any) -> None:
        if set(data) not in ({"minutes"}, {"days"}, {"days", "at"}):
            raise ValidationError("Either minutes, or days and a time of day.")


class Stage(Schema):
    code = text(40, required=True)
    title = fields.Nested(Title, required=True)


class Step(Schema):
    stage = text(40, required=True)
    code = text(40, required=True)
    owner_role = one_of(*ROLES, required=True)
    title = fields.Nested(Title, required=True)
    lead = fields.Nested(LeadTime, required=True, allow_none=True)
    mandatory = Flag(required=True)
    gate = text(40, required=True, allow_none=True)

    @validates_schema
    def makes_sense(self, data: Args, **_: Any) -> None:
        if data["owner_role"] not in ACTS["vip.step"]:
            raise ValidationError("This role sets no steps.", "owner_role")
        known = KEPT.get(data["code"])
        gates = (known.gate,) if known else (None, OWN_GATE)
        if data["gate"] not in gates:
            raise ValidationError("Not a gate of this step.", "gate")
        if (known or data["gate"]) and not data["mandatory"]:
            raise ValidationError("This step is mandatory.", "mandatory")
        if known and (known.stage == template.SCREENING) != (data["stage"] == template.SCREENING):
            raise ValidationError("The screening keeps its decisions.", "stage")


class SetTemplateArgs(Schema):
    seen_version = fields.Integer(strict=True, required=True)
    stages = list_of(fields.Nested(Stage), least=2, most=MOST_STAGES, required=True)
    steps = list_of(fields.Nested(Step), least=len(KEPT), most=MOST_STEPS, required=True)

    @validates_schema
    def holds_together(self, data: Args, **_: Any) -> None:
        stages = [stage["code"] for stage in data["stages"]]
        codes = [step["code"] for step in data["steps"]]
        if len(set(stages)) < len(stages) or not all(re.fullmatch(CODE, code) for code in stages):
            raise ValidationError("Two stages of one code, or not a code.", "stages")
        if stages[0] != template.SCREENING:
            raise ValidationError("The journey begins with the screening.", "stages")
        if len(set(codes)) < len(codes) or not all(re.fullmatch(CODE, code) for code in codes):
            raise ValidationError("Two steps of one code, or not a code.", "steps")
        if not set(KEPT) <= set(codes):
            raise ValidationError("Decisions and gates stay.", "steps")
        order = [stages.index(step["stage"]) if step["stage"] in stages else -1 for step in data["steps"]]
        if order != sorted(order) or set(order) != set(range(len(stages))):
            raise ValidationError("Every stage has steps, in the order of the stages.", "steps")


@mutation("clinic.set_vip_template", SetTemplateArgs)
def set_template(tx: Transaction, args: Args) -> None:
    """A new version; refused when somebody else has made one that this person has not seen."""
    require(tx, "clinic.settings")
    version = newest(tx)["version"]
    if args["seen_version"] != version:
        raise Rejected("conflict", "Somebody else has changed the journey meanwhile.")
    add(tx, version + 1, args["stages"], args["steps"])
