"""Comparison sheets: the one way for pictures to leave the app."""

from typing import Any

from flask import Response, current_app
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from photos.sheets import MAX_COLUMNS, MAX_ROWS, Alignment
from server.api.bodies import Blueprint
from server.api.files import BYTES, attachment
from server.api.schemas import CHANGE_ERRORS, may_answer
from server.api.session import caller, session_required
from server.api.throttle import PAGES
from server.clinic.exports import FORMATS, PURPOSES
from server.clinic.fields import Id, list_of, one_of
from server.clinic.sheets import Order, Placed, make_sheet

blueprint = Blueprint("sheets", __name__, url_prefix="/api/sheets", description="Comparison sheets")

CONTENT_TYPES = {"png": "image/png", "pdf": "application/pdf"}


def _number(low: float, high: float, **options: Any) -> fields.Float:
    return fields.Float(allow_nan=False, validate=validate.Range(low, high), **options)


class AlignmentArgs(Schema):
    """Lays a picture over the first of its row: see photos/sheets.py."""

    scale = _number(0.2, 5, load_default=1.0)
    rotation = _number(-180, 180, load_default=0.0)
    shift = fields.List(_number(-2, 2), validate=validate.Length(equal=2), load_default=[0.0, 0.0])


class PlacedArgs(Schema):
    photo_id = Id(required=True)
    alignment = fields.Nested(AlignmentArgs, load_default=lambda: AlignmentArgs().load({}))


class SheetArgs(Schema):
    rows = list_of(
        list_of(fields.Nested(PlacedArgs, allow_none=True), most=MAX_COLUMNS, least=1),
        most=MAX_ROWS, least=1, required=True,
    )  # fmt: skip
    purpose = one_of(*PURPOSES, required=True)
    format = one_of(*FORMATS, required=True)
    language = one_of("zh", "en", required=True)

    @validates_schema
    def no_row_is_empty(self, data: dict[str, Any], **_: Any) -> None:
        if not all(any(row) for row in data["rows"]):
            raise ValidationError("A row without a picture.", "rows")


@blueprint.post("")
@may_answer(blueprint, *CHANGE_ERRORS, 429)
@blueprint.arguments(SheetArgs)
@blueprint.response(200, BYTES, description="One page of A4", content_type="application/pdf")
@session_required(changes=True, costs=PAGES)
def make(args: dict[str, Any]) -> Response:
    """Pictures of one customer side by side, a row per view, as PNG or PDF.

    Only for a purpose that the customer has agreed to; for publication only by the clinic's compliance
    officer. Every sheet is in the audit trail.
    """
    rows = [[_placed(one) if one else None for one in row] for row in args["rows"]]
    order = Order(rows, args["purpose"], args["format"], args["language"])
    store = current_app.extensions["meidang"].store
    return as_file(make_sheet(store, caller(), order), "comparison", order.format)


def as_file(data: bytes, name: str, format: str) -> Response:
    """A page that was made, in one of FORMATS."""
    return attachment(data, f"{name}.{format}", CONTENT_TYPES[format])


def _placed(one: dict[str, Any]) -> Placed:
    moved = one["alignment"]
    alignment = Alignment(moved["scale"], moved["rotation"], (moved["shift"][0], moved["shift"][1]))
    return Placed(one["photo_id"], alignment)
