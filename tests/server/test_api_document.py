"""What /api/openapi.json says is what the server does: generated requests, documented answers only."""

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.generation import GenerationMode

from server.api.schemas import ErrorAnswer

STREAM = ("GET", "/api/sync/stream")
OPERATIONS = [
    ("POST", "/api/auth/login"), ("POST", "/api/auth/logout"), ("GET", "/api/auth/me"),
    ("POST", "/api/auth/password"), ("POST", "/api/auth/second-factor"),
    ("POST", "/api/auth/second-factor/confirm"), ("POST", "/api/auth/second-factor/remove"),
    ("POST", "/api/sync/push"), ("POST", "/api/sync/pull"), ("POST", "/api/sync/digest"), STREAM,
    ("GET", "/api/devices"), ("POST", "/api/devices/{device_id}/revoke"),
    ("GET", "/api/customers/search"), ("GET", "/api/health"), ("GET", "/api/ready"),
    ("GET", "/api/photos/{photo_id}/original"), ("GET", "/api/photos/{photo_id}/screen"),
    ("GET", "/api/photos/{photo_id}/thumb"), ("POST", "/api/sheets"),
    ("GET", "/api/push/key"), ("GET", "/api/push/undelivered"), ("POST", "/api/push/receipts"),
    ("POST", "/api/push/subscriptions"), ("DELETE", "/api/push/subscriptions"),
    ("OPTIONS", "/api/uploads"), ("POST", "/api/uploads"),
    ("HEAD", "/api/uploads/{upload_id}"), ("PATCH", "/api/uploads/{upload_id}"),
    ("DELETE", "/api/uploads/{upload_id}"), ("GET", "/api/reports/followups"),
    ("GET", "/api/reports/vip"), ("POST", "/api/vip/proposals"), ("POST", "/api/vip/case-reports"),
    ("POST", "/api/customers/{customer_id}/export"), ("GET", "/api/audit"), ("POST", "/api/staff"),
    ("PATCH", "/api/staff/{staff_id}"),
    ("POST", "/api/staff/{staff_id}/leave"), ("POST", "/api/staff/{staff_id}/return"),
    ("POST", "/api/staff/{staff_id}/password"), ("POST", "/api/staff/{staff_id}/second-factor/remove"),
    ("POST", "/api/escape"), ("POST", "/api/escape/keys"),
]  # fmt: skip

NOTHING_TO_GET_WRONG = {("GET", "/api/health"), ("GET", "/api/ready"), ("OPTIONS", "/api/uploads")}
KINDS = [
    pytest.param(method, path, mode, id=f"{mode.value} {method} {path}")
    for method, path in OPERATIONS
    for mode in GenerationMode
    if mode is GenerationMode.POSITIVE or (method, path) not in NOTHING_TO_GET_WRONG
]

load_all_checks()


@pytest.fixture
def document(app):
    return schemathesis.openapi.from_wsgi("/api/openapi.json", app)


@pytest.fixture
def session(clinic):
    """Cookie and device of a signed-in administrator's phone."""
    phone = clinic.phone("clinic_admin")
    cookie = phone.door.client.get_cookie("meidang")
    return {"cookies": {"meidang": cookie.value}, "device": phone.disk.device_id}


def try_out(document, method: str, path: str, mode: GenerationMode, session=None) -> None:
    """A few requests of one kind to one address, each checked against the document."""
    headers = {"Accept-Encoding": "identity"}
    # JSON Schema cannot say all that is refused: text with NUL, 16.0 where a whole number is meant.
    unjudged = ["positive_data_acceptance"]
    cookies = {}
    if session:
        headers["X-Device"], cookies = session["device"], session["cookies"]
        # A request is not judged by the session it was made with: this one was put onto it.
        unjudged += ["ignored_auth", "negative_data_rejection"]
    if path.startswith("/api/uploads"):
        unjudged.append("negative_data_rejection")  # which knows no 412, tus's own refusal
    excluded = CHECKS.get_by_names(unjudged)
    operation = document[path][method]

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=6 if session else 3, deadline=None, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    def requests(case) -> None:
        response = case.call_and_validate(headers=headers, cookies=cookies, excluded_checks=excluded)
        if response.status_code >= 400 and method != "HEAD":
            assert ErrorAnswer().validate(response.json()) == {}

    requests()


def test_every_address_is_tried_out(document):
    there = {(result.ok().method.upper(), result.ok().path) for result in document.get_all_operations()}
    assert there == set(OPERATIONS)


# Turned away at the door, before any database is asked more than whose session it is.
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("method", "path", "mode"), KINDS)
def test_a_stranger_gets_documented_answers(document, method, path, mode):
    try_out(document, method, path, mode)


@pytest.mark.parametrize(("method", "path", "mode"), KINDS)
def test_somebody_signed_in_gets_documented_answers(document, session, method, path, mode):
    if (method, path) != STREAM:  # which never ends
        try_out(document, method, path, mode, session)
