"""The whole way of a notice: written, claimed, encrypted, taken by a push service, shown, opened."""

import base64
import socket
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
import requests
from sqlalchemy import delete, select

from server.clinic.dispatches import Dispatch
from server.clinic.notice_settings import DEFAULTS
from server.clinic.notices import remind_of
from server.clinic.subscriptions import Subscription
from server.database import read, write
from server.notify import reminders, sending
from server.notify.channels import Outcome, channels_of
from server.notify.sending import send_due
from server.sync.transaction import SERVER, Context
from tests.rigs.client import instant, uuid7
from tests.rigs.people import Clinic
from tests.server.role_table import ROLES

SOON = timedelta(seconds=1)
FLOOD = 10_000
STORM = 10


@pytest.fixture
def send(clinic, channels):
    """send(after): a look of a worker, so long after now; how many dispatches it looked at."""

    def send(after=SOON, through=channels, **options):
        with clinic.app.app_context():
            return send_due(datetime.now(UTC) + after, through, chance=lambda: 0.5, **options)

    return send


def escalate(scene, customer, **more):
    followup = scene.followup(customer)
    return scene.perform(
        "followup.escalate", {"id": uuid7(), "followup_id": followup, "reason": "红肿", **more}
    )


def waiting(clinic):
    """Dispatches that are on their way, by kind, and what keeps those that were given up."""
    with clinic.app.app_context(), read() as connection:
        rows = connection.execute(
            select(Dispatch.kind, Dispatch.due_at, Dispatch.failure).where(Dispatch.clinic_id == clinic.id)
        ).all()
    return [row.kind for row in rows if row.due_at], [row.failure for row in rows if not row.due_at]


def deliveries(phone):
    phone.pull()
    return [notice["deliveries"] for notice in phone.rows("notice").values()]


def test_an_escalation_is_pushed_to_the_doctor_and_says_no_more_than_it_must(
    clinic, scene, customer, allowed, send, push_service, outsider
):
    doctor, nurse = clinic.phone("doctor"), clinic.phone("nurse")
    push_service.key = doctor.call("GET", "/api/push/key").json["key"]
    browser, others, strangers = allowed(doctor), allowed(nurse), allowed(outsider)
    id = escalate(scene, customer)
    send()
    assert others.messages == strangers.messages == []
    [message] = browser.messages
    doctor.pull()
    [notice] = doctor.rows("notice").values()
    assert message == {
        "web_push": 8030,
        "notification": {
            "title": "王顾客：请医生处理", "body": "测试医美", "lang": "zh-CN",
            "tag": message["notification"]["tag"],
            "navigate": f"http://localhost/followups/{id}?notice={notice['id']}", "app_badge": 1,
            "data": {"notice": notice["id"], "device": doctor.disk.device_id},
        },
        "app_badge": 1,
        "mutable": True,
    }  # fmt: skip
    [headers] = browser.headers
    assert headers["urgency"] == "high"
    assert 0 < int(headers["ttl"]) <= 86_400
    assert headers["topic"] == message["notification"]["tag"]
    assert len(base64.urlsafe_b64decode(headers["topic"])) == 24


def test_it_is_sent_once(clinic, scene, customer, allowed, send):
    browser = allowed(clinic.phone("doctor"))
    escalate(scene, customer)
    for minute in range(20):
        send(timedelta(minutes=minute, seconds=1))
    assert len(browser.messages) == 1
    assert waiting(clinic) == ([], [])


def test_every_phone_of_a_person_rings_and_in_its_language(clinic, scene, customer, allowed, send):
    phone, tablet = clinic.phone("doctor"), clinic.phone("doctor")
    first, second = allowed(phone), allowed(tablet, language="en")
    escalate(scene, customer)
    send()
    assert first.titles == ["王顾客：请医生处理"]
    assert second.titles == ["王顾客: needs a doctor"]


def test_the_inbox_says_what_became_of_it(clinic, scene, customer, allowed, send):
    doctor = clinic.phone("doctor")
    browser = allowed(doctor)
    escalate(scene, customer)
    send()
    [[sent]] = deliveries(doctor)
    assert sent["channel"] == "push"
    assert sent.keys() == {"channel", "sent_at"}
    id = browser.messages[0]["notification"]["data"]["notice"]
    at = instant(datetime.now(UTC))
    for state in ("shown", "opened", "shown"):
        receipt = {"notice_id": id, "state": state, "at": at}
        assert doctor.call("POST", "/api/push/receipts", {"receipts": [receipt]}).status == 204
    assert deliveries(doctor) == [[{**sent, "shown_at": at, "opened_at": at}]]


def test_nobody_says_so_of_anothers_notice(clinic, scene, customer, allowed, send, outsider):
    doctor, colleague = clinic.phone("doctor"), clinic.phone("doctor", 2)
    browser = allowed(doctor)
    escalate(scene, customer, doctor_id=doctor.staff["id"])
    send()
    id = browser.messages[0]["notification"]["data"]["notice"]
    for stranger in (colleague, outsider):
        receipt = {"notice_id": id, "state": "opened", "at": instant(datetime.now(UTC))}
        assert stranger.call("POST", "/api/push/receipts", {"receipts": [receipt]}).status == 204
    assert deliveries(doctor)[0][0].keys() == {"channel", "sent_at"}


def test_what_somebody_else_has_done_meanwhile_is_not_pushed(clinic, scene, customer, allowed, send):
    first, second = clinic.phone("doctor"), clinic.phone("doctor", 2)
    browser = allowed(second)
    id = escalate(scene, customer)
    attempt = {"id": uuid7(), "followup_id": id, "channel": "call", "outcome": "reached", "content": {}}
    assert first.do("followup.attempt", attempt)["error"] is None
    assert send() == 1  # the first doctor's own, who has no subscription
    assert browser.messages == []


def test_what_has_been_read_is_not_pushed(clinic, scene, customer, allowed, send):
    doctor = clinic.phone("doctor")
    browser = allowed(doctor)
    escalate(scene, customer)
    doctor.pull()
    [id] = doctor.rows("notice")
    doctor.do("notice.read", {"id": id})
    assert send() == 0
    assert browser.messages == []


def test_a_device_has_one_subscription_and_a_browser_one_person(clinic, scene, customer, allowed, send):
    doctor = clinic.phone("doctor")
    old, new = allowed(doctor), allowed(doctor)
    escalate(scene, customer)
    send()
    assert (len(old.messages), len(new.messages)) == (0, 1)
    nurse = clinic.phone("nurse")
    reply = nurse.call("POST", "/api/push/subscriptions", new.subscription)
    assert reply.status == 204
    escalate(scene, customer)
    send()
    assert len(new.messages) == 1


def test_a_subscription_ends_with_it_with_the_session_and_with_the_device(
    clinic, scene, customer, allowed, send
):
    ends = {
        "taken back": lambda phone, browser: phone.call(
            "DELETE", "/api/push/subscriptions", browser.subscription
        ),
        "signed out": lambda phone, _: phone.call("POST", "/api/auth/logout", {}),
        "signed off": lambda phone, _: clinic.revoke(phone, "collect"),
    }  # fmt: skip
    for end in ends.values():
        doctor = clinic.phone("doctor")
        browser = allowed(doctor)
        end(doctor, browser)
        escalate(scene, customer)
        send()
        assert browser.messages == []


def test_who_has_left_is_sent_nothing(clinic, scene, customer, allowed, send):
    doctor = clinic.phone("doctor")
    browser = allowed(doctor)
    escalate(scene, customer)
    scene.perform("staff.update", {"id": doctor.staff["id"], "active": False})
    send()
    assert browser.messages == []


@pytest.mark.parametrize("status", [404, 410])
def test_a_revoked_subscription_is_forgotten(clinic, scene, customer, allowed, send, push_service, status):
    doctor = clinic.phone("doctor")
    browser = allowed(doctor)
    push_service.answers = [(status, {})]
    escalate(scene, customer)
    send()
    assert waiting(clinic) == ([], [])
    with clinic.app.app_context(), read() as connection:
        kept = select(Subscription.device_id).where(Subscription.clinic_id == clinic.id)
        assert connection.scalars(kept).all() == []
    assert deliveries(doctor) == [[{"channel": "push", "failed": "gone"}]]
    assert browser.messages == []


def test_a_service_that_is_down_for_an_hour_loses_and_repeats_nothing(
    clinic, scene, customer, allowed, send, push_service
):
    doctor = clinic.phone("doctor")
    browser = allowed(doctor)
    push_service.down = (503, {})
    escalate(scene, customer)
    for minute in range(60):
        send(timedelta(minutes=minute, seconds=1))
    assert 4 < push_service.calls < 12
    push_service.down = None
    for minute in range(60, 80):
        send(timedelta(minutes=minute, seconds=1))
    assert browser.titles == ["王顾客：请医生处理"]
    assert waiting(clinic) == ([], [])


def test_it_is_not_asked_again_before_it_says(clinic, scene, customer, allowed, send, push_service):
    doctor = clinic.phone("doctor")
    browser = allowed(doctor)
    push_service.answers = [(429, {"Retry-After": "1200"})]
    escalate(scene, customer)
    for minute in range(19):
        send(timedelta(minutes=minute, seconds=1))
    assert push_service.calls == 1
    send(timedelta(minutes=21))
    assert len(browser.messages) == 1


def test_a_service_that_does_not_answer_is_not_asked_for_everybody(
    clinic, scene, customer, allowed, channels, push_service
):
    for number in range(1, 5):
        allowed(clinic.phone("doctor", number))
    push_service.answers = [None] * 20
    escalate(scene, customer)
    with clinic.app.app_context():
        send_due(datetime.now(UTC) + SOON, channels_of(channels["push"]._config, at_once=1))
    assert push_service.calls <= 2  # a kept connection may be tried anew


def test_what_is_refused_for_good_is_shown_to_the_operator(
    clinic, scene, customer, allowed, send, push_service
):
    doctor = clinic.phone("doctor")
    allowed(doctor)
    push_service.answers = [(403, {})]
    escalate(scene, customer)
    send()
    assert waiting(clinic) == ([], ["http_403"])
    lines = clinic.app.test_cli_runner().invoke(args=["undelivered"]).output.splitlines()
    assert [line.split("\t")[1:] for line in lines if line.startswith(clinic.code)] == [
        ["doctor", "escalation", "push", "http_403"]
    ]


def test_the_administrator_sees_what_could_not_be_delivered_in_their_clinic_and_nobody_else_does(
    clinic, app, open_door, scene, customer, allowed, send, push_service
):
    allowed(clinic.phone("doctor"))
    push_service.answers = [(403, {})]
    escalate(scene, customer)
    send()
    path = "/api/push/undelivered"
    [row] = clinic.phone("clinic_admin").call("GET", path).json["undelivered"]
    seen = [row[name] for name in ("staff_name", "kind", "channel", "failure")]
    assert seen == ["doctor", "escalation", "push", "http_403"]
    elsewhere = Clinic(app, open_door).phone("clinic_admin")
    assert elsewhere.call("GET", path).json["undelivered"] == []
    for role in ROLES:
        if role != "clinic_admin":
            assert clinic.phone(role, 3).call("GET", path).status == 403


class Killed(BaseException):
    pass


class Counted:
    """A channel that takes all and remembers it: encrypting ten thousand is the benchmark's."""

    def __init__(self):
        self.letters = []

    def serves(self, _person):
        return True

    def send(self, letters, _now):
        self.letters += [letter.id for letter in letters]
        return [Outcome() for _ in letters]


@pytest.mark.parametrize("where", ["_jobs", "record"])
def test_a_worker_killed_anywhere_loses_nothing_and_repeats_at_most_once(
    clinic, scene, customer, allowed, send, where
):
    browser = allowed(clinic.phone("doctor"))
    escalate(scene, customer)

    def dies(*_args):
        raise Killed

    with patch.object(sending, where, dies), pytest.raises(Killed):
        send()
    assert send() == 0  # it is still in the dead one's hands
    for minute in range(4, 20):
        send(timedelta(minutes=minute))
    assert len(browser.messages) == (1 if where == "_jobs" else 2)
    assert len({message["notification"]["tag"] for message in browser.messages}) == 1
    assert len({headers["topic"] for headers in browser.headers}) == 1


def test_two_workers_send_it_once(clinic, scene, customer, allowed, channels):
    browser = allowed(clinic.phone("doctor"))
    for _ in range(5):
        escalate(scene, customer)
    now = datetime.now(UTC) + SOON
    with clinic.app.app_context():
        first = sending.claim(now, most=3)
        second = sending.claim(now)
        assert {row["id"] for row in first} & {row["id"] for row in second} == set()
        for claimed in (first, second):
            with patch.object(sending, "claim", side_effect=[claimed, []]):
                send_due(now, channels)
    assert len(browser.messages) == 5


def test_a_slow_worker_does_not_undo_what_another_has_recorded(
    clinic, scene, customer, allowed, channels, push_service
):
    allowed(clinic.phone("doctor"))
    escalate(scene, customer)
    now = datetime.now(UTC) + SOON
    with clinic.app.app_context():
        [slow] = sending._jobs(sending.claim(now), channels, now)
        slow.outcome = Outcome("http_403")
        push_service.answers = [(503, {})]
        send_due(now + timedelta(minutes=4), channels)
        sending.record([slow], now, lambda: 0.5)
    assert waiting(clinic) == (["escalation"], [])


def test_a_new_key_leaves_old_subscriptions_working_until_they_are_renewed(
    clinic, scene, customer, allowed, send, push_service
):
    doctor = clinic.phone("doctor")
    old = doctor.call("GET", "/api/push/key").json["key"]
    allowed(doctor, key=old)
    assert clinic.app.test_cli_runner().invoke(args=["push-key-rotate"]).exit_code == 0
    new = doctor.call("GET", "/api/push/key").json["key"]
    assert new != old
    for key in (old, new):
        push_service.key = key
        escalate(scene, customer)
        send()
        allowed(doctor, key=new)
    assert push_service.calls == 2
    assert waiting(clinic) == ([], [])


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example.com/a", "https://10.0.0.1/a", "https://localhost/a", "https://169.254.169.254/a",
        "https://[::1]/a", "https://database.internal/a", "https://nodots/a", "ftp://push.example.com/a", "x",
    ],
)  # fmt: skip
def test_the_server_is_sent_to_no_address_of_its_own_network(clinic, push_service, endpoint):
    doctor = clinic.phone("doctor")
    subscription = {**push_service.browser().subscription, "endpoint": endpoint}
    reply = doctor.call("POST", "/api/push/subscriptions", subscription)
    assert (reply.status, reply.json["code"]) == (422, "validation")


@pytest.mark.parametrize("broken", [{"p256dh": "B" * 87}, {"auth": "a" * 20}])
def test_keys_for_which_nothing_can_be_encrypted_are_refused(clinic, push_service, broken):
    subscription = push_service.browser().subscription
    body = {**subscription, "endpoint": "https://push.example.com/a", "keys": subscription["keys"] | broken}
    reply = clinic.phone("doctor").call("POST", "/api/push/subscriptions", body)
    assert (reply.status, reply.json["code"]) == (422, "validation")


def test_a_public_name_that_leads_home_is_not_spoken_to(clinic, scene, customer, app, push_service):
    doctor = clinic.phone("doctor")
    port = push_service.url.rpartition(":")[2]
    endpoint = f"https://push.example.com:{port}/push/x"
    subscription = {**push_service.browser().subscription, "endpoint": endpoint}
    assert doctor.call("POST", "/api/push/subscriptions", subscription).status == 204
    escalate(scene, customer)
    real = socket.getaddrinfo

    def home(host, *args, **kwargs):
        return real("127.0.0.1" if host == "push.example.com" else host, *args, **kwargs)

    public = channels_of(app.extensions["meidang"].config)["push"]
    with patch.object(socket, "getaddrinfo", home), clinic.app.app_context():
        with pytest.raises(requests.ConnectionError, match="not a public address"):
            public._session.post(endpoint, timeout=5)
        send_due(datetime.now(UTC) + SOON, {"push": public})
    assert waiting(clinic)[0] == ["escalation"]


def test_a_hand_on_to_a_role_reaches_everybody_of_it(clinic, scene, customer, allowed, send):
    first, second, doctor = clinic.phone("nurse"), clinic.phone("nurse", 2), clinic.phone("doctor")
    browsers = [allowed(phone) for phone in (first, second, doctor)]
    for phone in (first, second):
        awake = {**DEFAULTS, "quiet": {"from": "00:00", "to": "00:00"}}
        phone.do("notice.settings", awake)
    args = {"id": uuid7(), "followup_id": scene.followup(customer), "question": "?", "role": "nurse"}
    scene.perform("followup.hand_on", args)
    send()
    assert [len(browser.messages) for browser in browsers] == [1, 1, 0]


def test_ten_thousand_due_at_once_are_sent_through_a_storm_of_restarts(clinic, scene, customer):
    doctor = clinic.phone("doctor")
    with clinic.app.app_context(), write() as connection:
        connection.execute(delete(Dispatch))  # of clinics of other tests
    with scene.transaction() as tx:
        for number in range(FLOOD):
            tx.context = Context(SERVER, tx.now, uuid7())
            remind_of(tx, doctor.staff["id"], "escalation", customer, f"/followups/{number}")
    counted = Counted()

    def work(after, batches):
        with clinic.app.app_context():
            return send_due(datetime.now(UTC) + after, {"push": counted}, batches)

    with patch.object(sending, "record", side_effect=Killed):
        for _ in range(STORM):
            with pytest.raises(Killed):
                work(SOON, 1)
    while work(SOON, 10):
        pass
    assert len(counted.letters) == FLOOD
    while work(timedelta(minutes=4), 10):
        pass
    assert waiting(clinic) == ([], [])
    again = len(counted.letters) - len(set(counted.letters))
    assert (len(set(counted.letters)), again) == (FLOOD, STORM * sending.BATCH)


def told_of_the_customer(browser):
    """Two hours on, the morning may tell of itself as well."""
    told = [message["notification"] for message in browser.messages]
    return [notification for notification in told if notification["title"].startswith("王顾客")]


def test_an_escalation_that_no_doctor_attends_to_goes_to_the_doctor_again_and_to_the_lead(
    clinic, scene, customer, allowed, channels, send
):
    doctor, lead = clinic.phone("doctor"), clinic.phone("cs_lead")
    at_hand, at_leads = allowed(doctor), allowed(lead)
    escalate(scene, customer)
    send()
    assert (at_hand.titles, at_leads.titles) == (["王顾客：请医生处理"], [])
    later = datetime.now(UTC) + timedelta(minutes=121)
    with clinic.app.app_context():
        reminders.remind(later)
        send_due(later + SOON, channels)
    first, second = told_of_the_customer(at_hand)
    [to_the_lead] = told_of_the_customer(at_leads)
    assert second["title"] == to_the_lead["title"] == "王顾客：上报两小时，医生还未处理"
    assert first["tag"] == second["tag"]


@pytest.mark.parametrize("hours", [-26, -1, 1, 26])
def test_a_clock_that_is_set_anew_repeats_nothing(clinic, scene, customer, allowed, send, hours):
    browser = allowed(clinic.phone("doctor"))
    escalate(scene, customer)
    send()
    for minutes in (0, 5, 10):
        send(timedelta(hours=hours, minutes=minutes))
    assert len(browser.messages) == 1
