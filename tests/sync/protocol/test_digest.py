"""Digest: a device can verify what it holds."""

from tests.sync.protocol.wire import new_customer, refusal


def test_it_equals_what_the_device_holds(clinic):
    service, consultant = clinic.phone("customer_service"), clinic.phone("consultant")
    service.do("customer.create", new_customer(owner_id=consultant.staff["id"]))
    service.do("customer.create", new_customer())
    service.do("no.such", {})
    for phone in (service, consultant, clinic.phone("admin_office")):
        phone.pull()
        assert phone.digest() == phone.own_digest()
        assert phone.digest()["staff"]["count"] == len(phone.rows("staff"))


def test_a_device_that_lags_must_pull_first(clinic):
    writer, reader = clinic.phone("customer_service"), clinic.phone("customer_service")
    reader.pull()
    writer.do("customer.create", new_customer())
    refused = refusal(reader.digest)
    assert (refused.status, refused.code) == (409, "stale_cursor")
    reader.pull()
    assert reader.digest() == reader.own_digest()


def test_a_cursor_between_two_pages_is_stale(clinic):
    phone = clinic.phone("customer_service")
    for _ in range(5):
        phone.queue("customer.create", new_customer())
    phone.push()
    cursor = phone.pull_page(None, 2)["cursor"]
    assert refusal(phone.ask, "/api/sync/digest", {"cursor": cursor}).code == "stale_cursor"


def test_a_cursor_of_nowhere_is_stale(clinic):
    phone = clinic.phone("nurse")
    assert refusal(phone.ask, "/api/sync/digest", {"cursor": "nonsense"}).code == "stale_cursor"
