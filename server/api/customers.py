"""Customers beyond the working set."""

from typing import Any

from flask import Response, jsonify
from marshmallow import Schema, fields

from server.api.bodies import Blueprint
from server.api.schemas import may_answer
from server.api.session import caller, session_required
from server.clinic.fields import text
from server.clinic.search import search_customers

blueprint = Blueprint("customers", __name__, url_prefix="/api/customers", description="Customers")


class SearchArgs(Schema):
    q = text(100, required=True)


class SearchAnswer(Schema):
    customers = fields.List(fields.Dict(), required=True)


@blueprint.get("/search")
@may_answer(blueprint, 401, 403, 503)
@blueprint.arguments(SearchArgs, location="query")
@blueprint.response(200, SearchAnswer)
@session_required()
def search(args: dict[str, Any]) -> Response:
    """Customers by part of name, pinyin, initials or phone, as far as the caller may read them."""
    return jsonify(customers=search_customers(caller(), args["q"]))
