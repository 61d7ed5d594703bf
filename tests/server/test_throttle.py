"""What costs much is bounded for each device and address, and others do not notice."""

from dataclasses import replace

import pytest

from server.api import throttle
from server.api.throttle import Allowance, Buckets
from server.errors import Throttled

NOBODY = "00000000-0000-7000-8000-000000000000"


def route(method, path, body=None):
    return pytest.param(method, path, body, id=path.split("?")[0])


A_PAGE = {"format": "png", "language": "zh"}
COSTLY = [
    route("GET", "/api/customers/search?q=a"),
    route("GET", f"/api/photos/{NOBODY}/thumb"),
    route("GET", f"/api/photos/{NOBODY}/original"),
    route("POST", f"/api/customers/{NOBODY}/export"),
    route("POST", "/api/vip/proposals", A_PAGE | {"plan_ids": [NOBODY]}),
    route("GET", "/api/audit"),
    route("GET", "/api/reports/vip?from=2026-11-01&to=2026-11-22"),
    route("POST", "/api/sync/pull", {"schema": 1, "cursor": None}),
    route("POST", "/api/sync/digest", {"cursor": "x"}),
]


@pytest.fixture
def still_buckets(app, monkeypatch):
    """Time stands still in them; and so few calls are too many that a test can make them."""
    buckets = Buckets(clock=lambda: 0.0)
    monkeypatch.setitem(app.extensions, "meidang", replace(app.extensions["meidang"], buckets=buckets))
    take = buckets.take
    monkeypatch.setattr(buckets, "take", lambda costs, *who: take(Allowance(costs.name, 3, 0.5), *who))


@pytest.mark.parametrize(("method", "path", "body"), COSTLY)
def test_a_phone_that_runs_wild_waits_and_its_neighbour_does_not(clinic, still_buckets, method, path, body):
    wild, neighbour = clinic.phone("clinic_admin"), clinic.phone("clinic_admin")
    for _ in range(3):
        assert wild.call(method, path, body).status != 429
    reply = wild.call(method, path, body)
    assert (reply.status, reply.json["code"], reply.headers["Retry-After"]) == (429, "throttled", "2")
    assert neighbour.call(method, path, body).status != 429
    assert wild.call("GET", "/api/devices").status == 200


def test_tokens_come_back_with_time_and_many_phones_share_an_address():
    now = [0.0]
    buckets, allowance = Buckets(clock=lambda: now[0]), Allowance("searches", 2, 1)
    many = throttle.DEVICES_BEHIND_AN_ADDRESS
    buckets.take(allowance, "phone", "here")
    buckets.take(allowance, "phone", "here")
    with pytest.raises(Throttled) as told:
        buckets.take(allowance, "phone", "here")
    assert told.value.fields == {"retry_after_s": 1}
    now[0] += 1
    buckets.take(allowance, "phone", "here")
    now[0] += 60
    for number in range(2 * many):
        buckets.take(allowance, f"phone {number}", "here")
    with pytest.raises(Throttled):
        buckets.take(allowance, "one more phone", "here")
    buckets.take(allowance, "one more phone", "there")


def test_what_is_remembered_is_bounded(monkeypatch):
    monkeypatch.setattr(throttle, "MOST_KEPT", 10)
    buckets = Buckets(clock=lambda: 0.0)
    for number in range(100):
        buckets.take(throttle.SEARCHES, f"phone {number}", f"address {number}")
    assert len(buckets._levels) == 10
