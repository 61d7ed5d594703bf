"""Device clocks are wrong; what is kept is right."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.rigs.client import instant
from tests.sync.protocol.wire import moment, new_customer


def create_at(phone, at):
    customer = new_customer()
    phone.queue("customer.create", customer, at=at)
    phone.push()
    phone.pull()
    return moment(phone.rows("customer")[customer["id"]]["created_at"])


@pytest.mark.parametrize("wrong_by_h", [-30, -1, 0, 1, 30])
def test_the_devices_wrong_clock_is_set_right(clinic, wrong_by_h):
    phone = clinic.phone("customer_service")
    phone.clock_offset_s = wrong_by_h * 3600
    an_hour_ago = datetime.now(UTC) - timedelta(hours=1)
    told = instant(an_hour_ago + timedelta(hours=wrong_by_h))
    assert abs(create_at(phone, told) - an_hour_ago) < timedelta(seconds=30)


def test_nothing_happens_in_the_future(clinic):
    phone = clinic.phone("customer_service")
    tomorrow = instant(datetime.now(UTC) + timedelta(days=1))
    assert create_at(phone, tomorrow) <= datetime.now(UTC)


def test_another_zones_clock_says_the_same_instant(clinic):
    phone = clinic.phone("customer_service")
    assert abs(
        create_at(phone, "2026-01-02T08:00:00.000+08:00") - moment("2026-01-02T00:00:00+00:00")
    ) < timedelta(seconds=30)


def test_times_travel_as_utc_with_milliseconds(clinic):
    phone = clinic.phone("customer_service")
    customer = new_customer()
    phone.do("customer.create", customer)
    phone.pull()
    created = phone.rows("customer")[customer["id"]]["created_at"]
    assert instant(moment(created)) == created
