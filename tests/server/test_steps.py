"""What is done with one dispatch at one moment: a table, and what holds for all moments."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.clinic.notice_settings import DEFAULTS
from server.instants import instant
from server.notify.steps import (
    LONGEST_RETRY,
    Drop,
    GiveUp,
    Send,
    Wait,
    quiet_until,
    retry_in,
    step,
)

HERE = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 22, 12, tzinfo=HERE)
NEW = {
    "kind": "hand_on", "expires_at": instant(NOON + timedelta(hours=24)), "channel": None, "since": None,
    "reached": [], "tries": 1, "failure": None,
}  # fmt: skip
NOTICE = {"read_at": None, "deliveries": []}
SENT = {"read_at": None, "deliveries": [{"channel": "push", "sent_at": instant(NOON)}]}
BOTH = ["push", "sms"]
PUSHED = {**NEW, "channel": "push", "since": instant(NOON)}


@pytest.mark.parametrize(
    ("row", "notice", "channels", "minutes", "expected"),
    [
        (NEW, NOTICE, [], 0, Drop()),
        (NEW, None, BOTH, 0, Drop()),
        (NEW, {**NOTICE, "read_at": "x"}, BOTH, 0, Drop()),
        (NEW, {**NOTICE, "deliveries": [{"channel": "push", "shown_at": "x"}]}, BOTH, 0, Drop()),
        (NEW, NOTICE, BOTH, 0, Send("push", anew=True, next="sms")),
        (NEW, NOTICE, ["sms"], 0, Send("sms", anew=True, next=None)),
        (NEW, NOTICE, BOTH, 24 * 60, Drop()),
        ({**PUSHED, "failure": "http_503"}, NOTICE, BOTH, 1, Send("push", anew=False, next="sms")),
        ({**PUSHED, "failure": "http_503"}, NOTICE, BOTH, 24 * 60, GiveUp()),
        ({**PUSHED, "failure": "http_503", "reached": ["one"]}, SENT, BOTH, 24 * 60, Drop()),
        (PUSHED, SENT, BOTH, 4, Wait(NOON + timedelta(minutes=5))),
        (PUSHED, SENT, BOTH, 5, Send("sms", anew=True, next=None)),
        (PUSHED, SENT, ["push"], 5, Drop()),
        (PUSHED, SENT, ["sms", "push"], 5, Drop()),
        (NEW, NOTICE, BOTH, 9 * 60, Wait(NOON + timedelta(hours=20))),
        ({**NEW, "kind": "escalation"}, NOTICE, BOTH, 9 * 60, Send("push", anew=True, next="sms")),
    ],
)
def test_the_step_is_the_tables(row, notice, channels, minutes, expected):
    now = (NOON + timedelta(minutes=minutes)).astimezone(UTC)
    assert step(row, notice, DEFAULTS, channels, HERE, now) == expected


clocks = st.times().map(lambda clock: f"{clock:%H:%M}")
moments = st.integers(0, 4 * 365 * 24 * 3600).map(lambda s: NOON + timedelta(seconds=s))


@given(now=moments, begins=clocks, ends=clocks)
def test_quiet_hours_end_within_a_day_at_their_end_and_are_then_over(now, begins, ends):
    quiet = {"from": begins, "to": ends}
    until = quiet_until(now, quiet)
    if until is None:
        return
    assert timedelta() < until - now <= timedelta(days=1)
    assert f"{until:%H:%M}" == ends
    assert quiet_until(until, quiet) is None


@given(tries=st.integers(1, 10_000), chance=st.floats(0, 1))
def test_a_retry_comes_within_bounds_and_never_at_the_same_moment_for_all(tries, chance):
    assert timedelta(seconds=15) <= retry_in(tries, chance) <= LONGEST_RETRY
    assert retry_in(tries, 0) < retry_in(tries, 1)


@given(
    shift=st.integers(-48 * 60, 48 * 60), channels=st.permutations(["push", "wecom", "sms"]),
    used=st.integers(0, 3), failed=st.booleans(),
)  # fmt: skip
def test_whatever_the_clock_does_no_channel_is_begun_twice(shift, channels, used, failed):
    row = dict(PUSHED, channel=channels[used - 1] if used else None, failure="x" if failed else None)
    row["since"] = row["since"] if used else None
    notice = {
        "read_at": None, "deliveries": [{"channel": name, "sent_at": "x"} for name in channels[:used]]
    }  # fmt: skip
    todo = step(row, notice, {**DEFAULTS, "quiet": {"from": "00:00", "to": "00:00"}}, channels, HERE,
                NOON + timedelta(minutes=shift))  # fmt: skip
    if isinstance(todo, Send) and todo.anew:
        assert todo.channel not in channels[:used]
