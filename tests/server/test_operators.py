"""What operators and leads hear of: phones that cannot send, work that waits after a restore."""

import logging
from datetime import UTC, datetime, timedelta

from server import worker
from server.clinic.parked_list import list_parked
from tests.rigs.client import uuid7
from tests.server.scene import Scene, ago
from tests.sync.protocol.wire import wire


def device_row(clinic, phone):
    listed = clinic.phone("clinic_admin").call("GET", "/api/devices").json["devices"]
    return next(row for row in listed if row["id"] == phone.disk.device_id)


def pull_saying(phone, **outbox):
    phone.ask("/api/sync/pull", {"schema": 1, "cursor": None, "outbox": outbox})


def test_the_age_of_the_oldest_unsent_entry_is_known_and_reported(clinic, caplog):
    phone = clinic.phone("nurse")
    pull_saying(phone, count=3, oldest_at=ago(hours=30))
    row = device_row(clinic, phone)
    assert (row["unsent"], row["unsent_since"]) == (3, ago(hours=30))
    with clinic.app.app_context(), caplog.at_level(logging.WARNING, "meidang.worker"):
        worker.report_stalls(datetime.now(UTC))
    told = [record.fields["device"] for record in caplog.records if hasattr(record, "fields")]
    assert phone.disk.device_id in told


def test_a_device_that_got_rid_of_it_is_not_reported(clinic, caplog):
    phone = clinic.phone("nurse")
    pull_saying(phone, count=3, oldest_at=ago(hours=30))
    pull_saying(phone, count=0, oldest_at=None)
    row = device_row(clinic, phone)
    assert (row["unsent"], row["unsent_since"]) == (0, None)
    with clinic.app.app_context(), caplog.at_level(logging.WARNING, "meidang.worker"):
        worker.report_stalls(datetime.now(UTC))
    told = [record.fields["device"] for record in caplog.records if hasattr(record, "fields")]
    assert phone.disk.device_id not in told


def test_an_entry_of_this_morning_is_no_stall_yet(clinic, caplog):
    phone = clinic.phone("nurse")
    pull_saying(phone, count=1, oldest_at=ago(hours=5))
    with clinic.app.app_context(), caplog.at_level(logging.WARNING, "meidang.worker"):
        worker.report_stalls(datetime.now(UTC))
    told = [record.fields["device"] for record in caplog.records if hasattr(record, "fields")]
    assert phone.disk.device_id not in told


def test_a_phone_that_says_nothing_of_its_outbox_takes_nothing_back(clinic):
    phone = clinic.phone("nurse")
    pull_saying(phone, count=3, oldest_at=ago(hours=30))
    phone.pull()
    row = device_row(clinic, phone)
    assert (row["unsent"], row["unsent_since"]) == (3, ago(hours=30))


def test_what_waits_for_a_day_after_a_restore_is_put_before_the_leads_once(clinic):
    service, leads = clinic.phone("customer_service"), [clinic.phone("consult_lead"), clinic.phone("cs_lead")]
    edit = {"id": uuid7(), "set": {"source": "朋友"}, "seen": {"source": None}}
    assert (
        service.push_raw([wire(1, "customer.update", edit, first="applied")])["results"][0]["status"]
        == "parked"
    )

    def notices():
        for phone in leads:
            phone.pull()
        return [[notice["kind"] for notice in phone.rows("notice").values()] for phone in leads]

    now = datetime.now(UTC)
    for hours, told in ((23, []), (25, ["parked"]), (50, ["parked"])):
        with clinic.app.app_context():
            list_parked(now + timedelta(hours=hours))
        assert notices() == [told, told]
    service.pull()
    assert service.rows("notice") == service.rows("rejection") == {}
    Scene(clinic).perform("customer.create", {"id": edit["id"], "name": "王小美", "phones": []})
    service.push_raw([wire(2, "notice.read", {"id": uuid7()})])
    service.pull()
    assert service.rows("customer")[edit["id"]]["source"] == "朋友"
