"""Ways to a person: their order, the next one after five minutes, what each says on its wire."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from server.config import SmsGateway, WeCom
from server.notify.channels import Letter, Recipient, channels_of
from server.notify.channels.sms import Sms
from server.notify.channels.wecom import WeComMessages
from server.notify.sending import send_due
from tests.rigs.client import instant, uuid7
from tests.rigs.wire import SmsService, WeComService
from tests.server.test_push import deliveries, escalate, waiting

NOW = datetime.now(UTC)


@pytest.fixture
def wecom_service():
    with WeComService({"LiDaifu", "SuHuShi", "Wang"}) as wecom:
        yield wecom


@pytest.fixture
def sms_service():
    with SmsService() as gateway:
        yield gateway


@pytest.fixture
def wecom(wecom_service):
    settings = WeCom("ww1", 1000002, wecom_service.secret, wecom_service.url)
    return WeComMessages(settings, "https://meidang.example")


@pytest.fixture
def sms(sms_service):
    return Sms(SmsGateway(sms_service.url, "a token"))


@pytest.fixture
def look(clinic, loopback, wecom_service, sms_service):
    """look(minutes): a worker with all three channels, so many minutes after now."""
    config = replace(
        loopback,
        wecom=WeCom("ww1", 1000002, wecom_service.secret, wecom_service.url),
        sms=SmsGateway(sms_service.url, "a token"),
    )
    through = channels_of(config, at_once=2)

    def look(minutes=0.0):
        with clinic.app.app_context():
            send_due(datetime.now(UTC) + timedelta(minutes=minutes, seconds=1), through, chance=lambda: 0.5)

    return look


def choose(phone, **more):
    args = {
        "kinds_off": [], "quiet": {"from": "00:00", "to": "00:00"}, "channels": ["push", "wecom", "sms"],
        "wecom_id": "LiDaifu", "phone": "13800001111", **more,
    }  # fmt: skip
    assert phone.do("notice.settings", args)["error"] is None


def letter(title="王女士：快到期了", target="/followups/1", **to):
    recipient = Recipient(uuid7(), "测试医美", **to)
    return Letter(uuid7(), {"zh": title, "en": title}, target, "t", "high", NOW, recipient)


def test_what_is_not_shown_in_five_minutes_goes_the_next_way_and_then_the_next(
    clinic, scene, customer, allowed, look, wecom_service, sms_service
):  # fmt: skip
    doctor = clinic.phone("doctor")
    browser = allowed(doctor)
    choose(doctor)
    escalate(scene, customer)
    look()
    look(4.9)
    assert (len(browser.messages), len(wecom_service.sent), len(sms_service.sent)) == (1, 0, 0)
    look(5.1)
    assert (len(browser.messages), len(wecom_service.sent), len(sms_service.sent)) == (1, 1, 0)
    look(10.3)
    look(30)
    assert (len(browser.messages), len(wecom_service.sent), len(sms_service.sent)) == (1, 1, 1)
    assert [entry["channel"] for entry in deliveries(doctor)[0]] == ["push", "wecom", "sms"]
    assert waiting(clinic) == ([], [])


def test_what_was_shown_goes_no_other_way(clinic, scene, customer, allowed, look, wecom_service):
    doctor = clinic.phone("doctor")
    browser = allowed(doctor)
    choose(doctor)
    escalate(scene, customer)
    look()
    id = browser.messages[0]["notification"]["data"]["notice"]
    receipt = {"notice_id": id, "state": "shown", "at": instant(datetime.now(UTC))}
    doctor.call("POST", "/api/push/receipts", {"receipts": [receipt]})
    look(6)
    assert wecom_service.sent == []


def test_each_person_has_an_order_of_their_own(
    clinic, scene, customer, allowed, look, sms_service
):  # fmt: skip
    doctor = clinic.phone("doctor")
    browser = allowed(doctor)
    choose(doctor, channels=["sms", "push"])
    escalate(scene, customer)
    look()
    assert list(sms_service.sent.values()) == [("13800001111", "【测试医美】王顾客：请医生处理")]
    assert browser.messages == []


def test_a_dead_push_service_is_not_waited_for_longer_than_five_minutes(
    clinic, scene, customer, allowed, push_service, look, wecom_service
):  # fmt: skip
    doctor = clinic.phone("doctor")
    allowed(doctor)
    choose(doctor)
    push_service.down = (503, {"Retry-After": "3600"})
    escalate(scene, customer)
    for minutes in (0, 1, 2, 3, 4, 5.1):
        look(minutes)
    assert len(wecom_service.sent) == 1


def test_a_forgotten_browser_hands_over_at_once(
    clinic, scene, customer, allowed, push_service, look, wecom_service
):  # fmt: skip
    doctor = clinic.phone("doctor")
    push_service.revoke(allowed(doctor))
    choose(doctor)
    escalate(scene, customer)
    look()
    assert len(wecom_service.sent) == 1


def test_what_every_way_refuses_is_given_up_with_the_last_reason(
    clinic, scene, customer, look, wecom_service, sms_service
):  # fmt: skip
    doctor = clinic.phone("doctor")
    choose(doctor, wecom_id="Nobody")
    sms_service.answers = [(400, {})]
    escalate(scene, customer)
    look()
    assert waiting(clinic) == ([], ["http_400"])
    assert deliveries(doctor) == [
        [{"channel": "wecom", "failed": "unknown_member"}, {"channel": "sms", "failed": "http_400"}]
    ]


def test_what_a_person_has_switched_off_is_only_in_the_inbox(
    clinic, scene, customer, allowed, look
):  # fmt: skip
    nurse = clinic.phone("nurse")
    browser = allowed(nurse)
    choose(nurse, kinds_off=["hand_on"])
    args = {
        "id": uuid7(), "followup_id": scene.followup(customer), "question": "?",
        "assignee_id": nurse.staff["id"],
    }  # fmt: skip
    scene.perform("followup.hand_on", args)
    look()
    nurse.pull()
    assert browser.messages == []
    assert len(nurse.rows("notice")) == 1


def test_quiet_hours_hold_back_what_can_wait_and_not_an_escalation(
    clinic, scene, customer, allowed, look
):  # fmt: skip
    doctor = clinic.phone("doctor")
    browser = allowed(doctor)
    here = datetime.now(UTC) + timedelta(hours=8)
    begins, ends = (f"{here + timedelta(hours=by):%H:%M}" for by in (-1, 2))
    choose(doctor, quiet={"from": begins, "to": ends}, channels=["push"])
    args = {
        "id": uuid7(), "followup_id": scene.followup(customer), "question": "?",
        "assignee_id": doctor.staff["id"],
    }  # fmt: skip
    scene.perform("followup.hand_on", args)
    escalate(scene, customer)
    look()
    assert browser.titles == ["王顾客：请医生处理"]
    look(59)
    assert len(browser.titles) == 1
    look(121)
    assert browser.titles == ["王顾客：请医生处理", "王顾客：转给您的问题"]


def test_wecom_gets_one_call_for_all_who_get_the_same_words(wecom, wecom_service):
    outcomes = wecom.send([letter(wecom_id=member) for member in ("LiDaifu", "SuHuShi", "Nobody")], NOW)
    assert [outcome.failure for outcome in outcomes] == [None, None, "unknown_member"]
    words = '王女士：快到期了\n<a href="https://meidang.example/followups/1">打开</a>'
    assert wecom_service.sent == [(["LiDaifu", "SuHuShi"], words)]


def test_wecom_gets_one_message_a_person_however_much_there_is_to_say(wecom, wecom_service):
    letters = [letter(f"{n}女士：快到期了", f"/followups/{n}", wecom_id="Wang") for n in range(50)]
    assert {outcome.failure for outcome in wecom.send(letters, NOW)} == {None}
    [(members, words)] = wecom_service.sent
    assert members == ["Wang"]
    assert "共 50 条" in words


def test_wecoms_token_is_kept_and_renewed_when_it_ends_or_is_taken_back(wecom, wecom_service):
    for hours, asked in ((0, 1), (1, 1), (2, 2)):
        wecom.send([letter(wecom_id="Wang")], NOW + timedelta(hours=hours))
        assert wecom_service.tokens == asked
    wecom_service.forget_token()
    assert wecom.send([letter(wecom_id="Wang")], NOW + timedelta(hours=2))[0].failure is None
    assert wecom_service.tokens == 3


@pytest.mark.parametrize(("code", "again"), [(45009, True), (-1, True), (60011, False)])
def test_wecoms_errors_say_whether_to_try_again(wecom, wecom_service, code, again):
    wecom_service.errors = [code]
    [outcome] = wecom.send([letter(wecom_id="Wang")], NOW)
    assert (outcome.failure, outcome.again) == (f"wecom_{code}", again)


def test_a_wrong_secret_of_wecom_is_tried_again_and_stops_nothing(wecom, wecom_service):
    wecom_service.secret = "another"
    [outcome] = wecom.send([letter(wecom_id="Wang")], NOW)
    assert outcome.again


def test_an_sms_gateway_that_is_busy_is_asked_once(sms, sms_service):
    sms_service.answers = [(429, {"Retry-After": "60"})]
    outcomes = sms.send([letter(phone="1"), letter(phone="2")], NOW)
    assert [outcome.not_before for outcome in outcomes] == [NOW + timedelta(seconds=60)] * 2
    assert sms_service.sent == {}


def test_services_that_are_not_there_are_tried_again(wecom, wecom_service, sms, sms_service):
    wecom_service.close()
    sms_service.close()
    assert wecom.send([letter(wecom_id="Wang")], NOW)[0].again
    assert sms.send([letter(phone="1")], NOW)[0].again
