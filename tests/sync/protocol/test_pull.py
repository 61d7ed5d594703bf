"""Pull: patches, pages, cursors, removals."""

import pytest

from tests.sync.protocol.wire import new_customer, refusal


def test_a_device_without_a_cursor_gets_everything_anew(clinic):
    phone = clinic.phone("customer_service")
    customer = new_customer()
    phone.do("customer.create", customer)
    page = phone.pull_page(None)
    assert (page["reset"], page["more"], page["removed"]) == (True, False, [])
    [row] = [row for row in page["rows"] if row[0] == "customer"]
    table, id, version, doc = row
    assert (table, id, version) == ("customer", customer["id"], page["version"])
    assert doc["name"] == customer["name"]
    assert set(doc) >= {"id", "created_at", "updated_at", "updated_by"}


def test_it_names_positions_and_version(clinic):
    phone = clinic.phone("customer_service")
    phone.do("customer.create", new_customer())
    page = phone.pull_page(None)
    assert set(page) == {
        "cursor", "reset", "more", "version", "applied_through", "backed_up_through", "rows", "removed",
    }  # fmt: skip
    assert (page["applied_through"], page["backed_up_through"]) == (1, 1)


def test_positions_are_of_the_asking_device(clinic):
    writer, reader = clinic.phone("customer_service"), clinic.phone("customer_service")
    writer.do("customer.create", new_customer())
    assert reader.pull_page(None)["applied_through"] == 0


def test_a_device_up_to_date_gets_nothing(clinic):
    phone = clinic.phone("customer_service")
    phone.do("customer.create", new_customer())
    phone.pull()
    page = phone.pull_page(phone.disk.cursor)
    assert (page["rows"], page["removed"], page["reset"], page["more"]) == ([], [], False, False)
    assert page["version"] == phone.disk.version


def test_a_device_gets_what_changed_and_nothing_else(clinic):
    writer, reader = clinic.phone("customer_service"), clinic.phone("customer_service")
    quiet, busy = new_customer(), new_customer()
    writer.do("customer.create", quiet)
    writer.do("customer.create", busy)
    reader.pull()
    writer.do("customer.update", {"id": busy["id"], "set": {"source": "朋友"}, "seen": {"source": None}})
    [page] = reader.pull()
    assert not page["reset"]
    assert {row[1] for row in page["rows"]} == {busy["id"]}
    assert reader.rows("customer")[busy["id"]]["source"] == "朋友"


def test_a_row_comes_once_in_its_latest_form(clinic):
    writer, reader = clinic.phone("customer_service"), clinic.phone("customer_service")
    reader.pull()
    customer = new_customer()
    writer.do("customer.create", customer)
    for source in ("甲", "乙", "丙"):
        seen = {"source": writer.rows("customer").get(customer["id"], {}).get("source")}
        writer.do("customer.update", {"id": customer["id"], "set": {"source": source}, "seen": seen})
        writer.pull()
    [page] = reader.pull()
    [row] = [row for row in page["rows"] if row[0] == "customer"]
    assert row[3]["source"] == "丙"


def test_pages_are_bounded_and_end_at_one_version(clinic):
    phone = clinic.phone("customer_service")
    for _ in range(4):
        for _ in range(5):
            phone.queue("customer.create", new_customer())
        phone.push()
    pages = phone.pull(limit=7)
    assert len(pages) > 3
    assert all(len(page["rows"]) + len(page["removed"]) <= 7 for page in pages)
    assert len({page["version"] for page in pages}) == 1
    assert [page["more"] for page in pages] == [True] * (len(pages) - 1) + [False]
    assert all(page["reset"] for page in pages)
    assert len(phone.rows("customer")) == 20
    assert phone.own_digest() == phone.digest()


def test_what_changes_between_two_pages_comes_with_the_next_patch(clinic):
    writer, reader = clinic.phone("customer_service"), clinic.phone("customer_service")
    customers = [new_customer(source="旧") for _ in range(12)]
    for customer in customers:
        writer.queue("customer.create", customer)
    writer.push()
    first = reader.pull_page(None, 5)
    for customer in customers:
        writer.queue(
            "customer.update", {"id": customer["id"], "set": {"source": "新"}, "seen": {"source": "旧"}}
        )
    late = writer.queue("customer.create", new_customer())
    writer.push()
    page = first
    while page["more"]:
        page = reader.pull_page(page["cursor"], 5)
        assert page["version"] == first["version"]
        assert late.args["id"] not in {row[1] for row in page["rows"]}
    reader.disk = type(reader.disk)(device_id=reader.disk.device_id, cursor=page["cursor"])
    reader.pull(limit=5)
    assert {doc["source"] for doc in reader.rows("customer").values()} == {"新", None}
    assert len(reader.rows("customer")) == 13


@pytest.mark.parametrize("limit", [0, -1, 5001, "ten", 1.5, None])
def test_a_limit_out_of_range_is_refused(clinic, limit):
    phone = clinic.phone("nurse")
    refused = refusal(phone.ask, "/api/sync/pull", {"schema": 1, "cursor": None, "limit": limit})
    assert refused.status in (400, 422)


@pytest.mark.parametrize("cursor", ["", "nonsense", "W10", "%%%", "eyJhIjoxfQ", "九"])
def test_a_cursor_of_another_life_gets_everything_anew(clinic, cursor):
    phone = clinic.phone("nurse")
    phone.pull()
    assert phone.pull_page(cursor)["reset"] is True


def test_a_cursor_of_another_clinic_shows_only_ones_own(clinic, outsider):
    phone = clinic.phone("customer_service")
    for _ in range(5):
        phone.do("customer.create", new_customer())
    phone.pull()
    page = outsider.pull_page(phone.disk.cursor)
    assert page["reset"] is True
    assert "customer" not in {row[0] for row in page["rows"]}


def test_an_app_that_is_too_old_must_upgrade_to_pull(clinic):
    phone = clinic.phone("nurse")
    refused = refusal(phone.ask, "/api/sync/pull", {"schema": 0, "cursor": None})
    assert (refused.status, refused.code) == (426, "upgrade_required")


def test_what_was_deleted_is_listed_as_removed(clinic):
    author = clinic.phone("nurse")
    tablet = clinic.phone("nurse")
    author.do("customer.create", new_customer())
    author.pull()
    tablet.pull()
    [id] = author.rows("rejection")
    author.do("rejection.dismiss", {"id": id})
    [page] = tablet.pull()
    assert page["removed"] == [["rejection", id]]
    assert page["reset"] is False


def test_a_new_device_is_not_told_of_what_was_deleted(clinic):
    author = clinic.phone("nurse")
    author.do("customer.create", new_customer())
    author.pull()
    [id] = author.rows("rejection")
    author.do("rejection.dismiss", {"id": id})
    page = clinic.phone("nurse").pull_page(None)
    assert page["removed"] == []
    assert id not in {row[1] for row in page["rows"]}
