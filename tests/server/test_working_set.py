"""What phones hold: who is at hand, who leaves at night, what is kept, and what no cursor needs."""

from datetime import UTC, datetime, timedelta

from server.database import write
from server.sync.compaction import compact
from server.sync.working_set import recompute
from tests.server.scene import ago


def a_night(clinic, days):
    """The night's work, so many days from now."""
    then = datetime.now(UTC) + timedelta(days=days)
    with clinic.app.app_context():
        with write() as connection:
            recompute(connection, clinic.id, then)
        with write() as connection:
            compact(connection, clinic.id, then)


def test_a_customer_leaves_after_120_days_without_a_word(clinic, scene):
    phone = clinic.phone("customer_service")
    idle = scene.customer()
    phone.pull()
    a_night(clinic, 119)
    phone.pull()
    assert idle in phone.rows("customer")
    a_night(clinic, 121)
    pages = phone.pull()
    assert phone.rows("customer") == phone.rows("customer_brief") == {}
    assert pages[-1]["version"] > 0
    assert phone.digest() == phone.own_digest()


def test_who_is_owed_a_contact_or_expected_stays(clinic, scene):
    phone = clinic.phone("customer_service")
    owed, expected, idle = scene.customer(), scene.customer(), scene.customer()
    scene.followup(owed)
    book = {"id": scene.customer(), "customer_id": expected, "at": ago(days=-200), "kind": "check"}
    scene.perform("appointment.book", book)
    a_night(clinic, 150)
    phone.pull()
    assert {owed, expected} <= set(phone.rows("customer"))
    assert idle not in phone.rows("customer")


def test_whoever_is_written_about_is_at_hand_again_with_everything(clinic, scene):
    phone, other = clinic.phone("customer_service"), clinic.phone("front_desk")
    customer = scene.customer()
    alert = {"id": scene.customer(), "customer_id": customer, "text": "过敏", "severity": "danger"}
    scene.perform("alert.raise", alert)
    for held in (phone, other):
        held.pull()
    a_night(clinic, 121)
    for held in (phone, other):
        held.pull()
        assert customer not in held.rows("customer")
    phone.do("customer.update", {"id": customer, "set": {"source": "朋友"}, "seen": {"source": None}})
    for held in (phone, other):
        held.pull()
        assert held.rows("customer")[customer]["source"] == "朋友"
        assert alert["id"] in held.rows("customer_alert")
        assert held.digest() == held.own_digest()


def test_a_kept_customer_stays_on_the_devices_of_who_keeps_it(clinic, scene):
    keeper, tablet = clinic.phone("customer_service"), clinic.phone("customer_service")
    other = clinic.phone("customer_service", 2)
    customer = scene.customer()
    assert keeper.do("customer.keep", {"customer_id": customer})["error"] is None
    a_night(clinic, 121)
    for phone, there in ((keeper, True), (tablet, True), (other, False)):
        phone.pull()
        assert (customer in phone.rows("customer")) is there
    keeper.do("customer.release", {"customer_id": customer})
    for phone in (keeper, tablet):
        phone.pull()
        assert customer not in phone.rows("customer")
        assert phone.digest() == phone.own_digest()


def test_keeping_shows_nobody_more_than_their_role_may_read(clinic, scene):
    consultant = clinic.phone("consultant")
    customer = scene.customer()
    consultant.do("customer.keep", {"customer_id": customer})
    consultant.pull()
    assert customer in consultant.rows("customer_brief")
    assert consultant.rows("customer") == {}


def test_an_idle_customer_leaves_the_owners_phone_too(clinic, scene):
    owner, customer = clinic.phone("consultant"), None
    customer = scene.customer(owner.staff["id"])
    owner.pull()
    a_night(clinic, 121)
    owner.pull()
    assert owner.rows("customer") == {}
    assert owner.digest() == owner.own_digest()
    owner.do("customer.update", {"id": customer, "set": {"source": "朋友"}, "seen": {"source": None}})
    owner.pull()
    assert set(owner.rows("customer")) == {customer}


def test_work_about_a_customer_who_has_left_is_accepted(clinic, scene):
    phone = clinic.phone("customer_service")
    customer = scene.customer()
    phone.pull()
    waiting = phone.queue(
        "customer.update", {"id": customer, "set": {"source": "朋友"}, "seen": {"source": None}}
    )
    a_night(clinic, 121)
    phone.pull()
    assert phone.disk.outbox == (waiting,)
    phone.sync()
    assert phone.rows("customer")[customer]["source"] == "朋友"


def test_a_cursor_from_before_the_horizon_starts_anew(clinic, scene):
    phone, late = clinic.phone("nurse"), clinic.phone("nurse", 2)
    phone.do("customer.create", {"id": scene.customer(), "name": "x", "phones": []})  # a rejection
    phone.pull()
    late.pull()
    [rejection] = phone.rows("rejection")
    phone.do("rejection.dismiss", {"id": rejection})
    a_night(clinic, 80)
    assert late.pull()[0]["reset"] is False
    phone.do("notice.read", {"id": rejection})
    before = late.disk.cursor
    a_night(clinic, 91)
    assert late.pull_page(before)["reset"] is True
    late.pull()
    assert late.digest() == late.own_digest()
    assert late.pull()[0]["reset"] is False
