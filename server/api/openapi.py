"""The OpenAPI document: besides the routes, the arguments of every mutation and all documents.

The app's TypeScript types are generated from it.
"""

from typing import Any

from flask import Flask
from flask_smorest import Api
from marshmallow import Schema, fields
from sqlalchemy import JSON, Boolean, Integer

from server.api.schemas import ErrorAnswer
from server.clinic.fields import Day, Id, Moment
from server.clinic.vip.cases import INNER, VipCase
from server.clinic.vip.plans import VipPlan
from server.clinic.vip.steps import VipStep
from server.sync.mutations import REGISTER
from server.sync.rejections import Rejection
from server.sync.synced import TABLES, Synced, document_fields

SETTINGS = {
    "API_TITLE": "Meidang", "API_VERSION": "1", "OPENAPI_VERSION": "3.1.0",
    "OPENAPI_URL_PREFIX": "/api", "OPENAPI_JSON_PATH": "openapi.json",
}  # fmt: skip

ITEMS: dict[str | None, fields.Field[Any]] = {
    "string": fields.String(),
    "window": fields.List(fields.String()),
    "object": fields.Dict(),
    "any": fields.Raw(),
}


class Documented(Api):  # type: ignore[misc]
    """flask-smorest's, with the product's one shape of errors: each is listed, there is no default."""

    ERROR_SCHEMA = ErrorAnswer
    DEFAULT_ERROR_RESPONSE_NAME = None

    def __init__(self, app: Flask, cookie: str) -> None:
        super().__init__(app)
        for field, form in ((Id, "uuid"), (Moment, "date-time"), (Day, "date")):
            self.register_field(field, "string", form)
        self.spec.components.security_scheme("session", {"type": "apiKey", "in": "cookie", "name": cookie})


class CustomerBriefDocument(Schema):
    id = fields.String(required=True)
    customer_id = fields.String(required=True)
    surname = fields.String(required=True)
    form = fields.String(required=True)
    created_at = fields.String(required=True)
    updated_at = fields.String(required=True)
    updated_by = fields.String(required=True, allow_none=True)


class TreatmentBriefDocument(Schema):
    id = fields.String(required=True)
    customer_id = fields.String(required=True)
    name = fields.String(required=True)
    at = fields.String(required=True)
    status = fields.String(required=True)
    created_at = fields.String(required=True)
    updated_at = fields.String(required=True)
    updated_by = fields.String(required=True, allow_none=True)


NARROWER: dict[str, tuple[type[Synced], tuple[str, ...]]] = {
    "vip_case_brief": (VipCase, INNER), "vip_step_early": (VipStep, ()), "vip_plan_released": (VipPlan, ()),
}  # fmt: skip
"""Rows that are published a second time for partners: as which, and without which fields."""


def document_schemas() -> dict[str, type[Schema]]:
    """{table: schema of its documents}, made from the columns."""
    schemas: dict[str, type[Schema]] = {
        "customer_brief": CustomerBriefDocument, "treatment_brief": TreatmentBriefDocument,
    }  # fmt: skip
    for name, table in TABLES.items():
        if issubclass(table, Synced):
            schemas[name] = _schema(name, table)
    for name, (table, without) in NARROWER.items():
        schemas[name] = _schema(name, table, without)
    return schemas


def _schema(name: str, table: type[Synced], without: tuple[str, ...] = ()) -> type[Schema]:
    columns = table.__table__.columns
    members = {field: _field(columns[field]) for field in document_fields(table) if field not in without}
    return Schema.from_dict(members, name=f"{pascal(name)}Document")


def pascal(name: str) -> str:
    """vip_case, vip.plan.write -> VipCase, VipPlanWrite"""
    return "".join(part.capitalize() for part in name.replace("_", ".").split("."))


def _field(column: Any) -> fields.Field[Any]:
    options: dict[str, Any] = {"required": True, "allow_none": bool(column.nullable)}
    if isinstance(column.type, Boolean):
        return fields.Boolean(**options)
    if isinstance(column.type, Integer):
        return fields.Integer(**options)
    if column.info.get("items"):
        return fields.List(ITEMS[column.info["items"]], **options)
    if column is Rejection.__table__.columns["args"]:
        return fields.Raw(**options)  # as it was sent, whatever that was
    if isinstance(column.type, JSON):
        return fields.Dict(**options)
    return fields.String(**options)


def describe(api: Api) -> None:
    """Add documents and mutation arguments to the document's components."""
    components = api.spec.components
    for table, schema in sorted(document_schemas().items()):
        components.schema(f"{pascal(table)}Document", schema=schema)
    for name, mutation in sorted(REGISTER.items()):
        components.schema(f"{pascal(name)}Mutation", schema=mutation.schema)
