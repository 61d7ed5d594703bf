"""The planner of follow-ups: the table shared with the app, what always holds, both planners side by side."""

import json
import random
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from server.clinic import planning
from server.clinic.planning import DEFAULT_CALL_WINDOWS, DEFAULT_RULES
from server.instants import instant, later, parsed
from tests.sync.properties.seeds import SEED, examples

ROOT = Path(__file__).parents[2]
TABLE = json.loads((ROOT / "tests/vectors/planning.json").read_text())
ZONES = [
    "Asia/Shanghai",
    "America/New_York",
    "America/Santiago",
    "Africa/Cairo",
    "Atlantic/Azores",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Auckland",
    "UTC",
]


def answer(case: dict[str, Any]) -> Any:
    """What this planner gives for a case of the table, or of the random ones."""
    timezone = case.get("timezone", "Asia/Shanghai")
    windows = case.get("windows", TABLE["windows"])
    preferences = case.get("preferences", {})
    closed = case.get("holidays", [])
    match case["call"]:
        case "plan_treatment":
            rules = TABLE["rules"]
            return planning.plan_treatment(
                rules, case["performed_at"], timezone, windows, preferences, closed
            )
        case "plan":
            return planning.plan(
                case["channels"],
                case["due_from"],
                case["due_at"],
                timezone,
                windows,
                preferences,
                case.get("plan_from"),
                closed,
            )
        case "next_window":
            return planning.next_window(case["after"], windows, timezone, closed)
        case "present_window":
            return planning.present_window(case["now"], windows, timezone, closed)
        case "day_start":
            return planning.day_start(case["at"], timezone, case.get("days", 0))
        case "end_of_day":
            return planning.end_of_day(case["at"], timezone, case.get("days", 0))


@pytest.mark.parametrize("case", TABLE["cases"], ids=lambda case: case["name"])
def test_the_table_holds(case: dict[str, Any]) -> None:
    given_ = answer(case)
    if case["call"] == "plan_treatment":
        times = {
            owed["code"]: [owed["due_from"], owed["due_at"], owed["planned_at"], owed["propose_text"]]
            for owed in given_
        }
        assert {code: times[code] for code in case["owes"]} == {
            code: [*map(canonical, instants), proposed]
            for code, (*instants, proposed) in case["owes"].items()
        }
    elif isinstance(case["gives"], list):
        assert list(given_.values()) == [canonical(value) for value in case["gives"]]
    else:
        assert given_ == canonical(case["gives"])


def canonical(value: Any) -> Any:
    return instant(parsed(value)) if isinstance(value, str) else value


def test_the_table_was_made_for_the_default_rules_and_windows() -> None:
    assert TABLE["rules"] == DEFAULT_RULES
    assert TABLE["windows"] == DEFAULT_CALL_WINDOWS


def test_a_treatment_owes_every_rule_once_in_the_order_of_the_table() -> None:
    owed = planning.plan_treatment(
        DEFAULT_RULES, "2026-11-22T02:00:00.000Z", "Asia/Shanghai", DEFAULT_CALL_WINDOWS, {}
    )
    assert [(o["code"], o["role"], o["assign"], o["channels"], o["purpose"]) for o in owed] == [
        (r["code"], r["role"], r["assign"], r["channels"], r["purpose"]) for r in DEFAULT_RULES
    ]


SECONDS = [int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in (2024, 2031)]
moments = st.integers(*(second * 1000 for second in SECONDS)).map(
    lambda ms: instant(datetime.fromtimestamp(ms / 1000, UTC))
)
clocks = st.times().map(lambda time: time.strftime("%H:%M"))
windows = st.lists(st.lists(clocks, min_size=2, max_size=2), max_size=4)
best_times = st.fixed_dictionaries({"from": clocks, "to": clocks})
anything = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda value: st.lists(value))
preferences = anything | st.fixed_dictionaries(
    {},
    optional={
        "contact": st.sampled_from(["any", "text_only", "no_call"]) | anything,
        "best_time": best_times | anything,
    },
)


def is_inside(planned_at: str, windows: Any, timezone: str) -> bool:
    """By the clocks on the wall alone, which is how people see it."""
    shown = parsed(planned_at).astimezone(ZoneInfo(timezone)).strftime("%H:%M")
    return any(start <= shown < end for start, end in windows)


@given(
    channels=st.lists(st.sampled_from(["call", "text", "record"]), min_size=1, unique=True),
    due_from=moments,
    hours=st.floats(0, 1000),
    plan_from=st.none() | moments,
    windows=windows,
    preferences=preferences,
)
def test_a_plan_lies_in_its_interval_and_outside_the_windows_only_for_a_reason(
    channels: list[str], due_from: str, hours: float, plan_from: str | None, windows: Any, preferences: Any
) -> None:
    timezone = "Asia/Shanghai"
    due_at = later(due_from, hours=hours)
    plan = planning.plan(channels, due_from, due_at, timezone, windows, preferences, plan_from)
    planned_at = plan["planned_at"]
    assert due_from <= planned_at <= due_at
    if plan["propose_text"]:
        assert "call" in channels
        assert planned_at == due_at or not planning.accepts_calls(preferences)
    elif "call" in channels:
        assert is_inside(planned_at, planning.call_windows(windows, preferences), timezone)


# Hours at which no zone changes its clocks: the clocks on the wall alone then say what is inside a window.
waking = st.integers(5 * 60, 22 * 60).map(lambda minutes: f"{minutes // 60:02}:{minutes % 60:02}")
waking_windows = st.lists(
    st.tuples(waking, waking).map(sorted).filter(lambda pair: pair[0] < pair[1]), max_size=3
)
wishes = st.fixed_dictionaries(
    {}, optional={"best_time": st.tuples(waking, waking).map(lambda pair: {"from": pair[0], "to": pair[1]})}
)


@given(
    due_from=moments,
    minutes=st.integers(0, 36 * 60),
    timezone=st.sampled_from(ZONES),
    windows=waking_windows,
    preferences=wishes,
    closed=st.sets(st.integers(-1, 2)),
)
def test_a_call_is_planned_for_the_first_minute_at_which_it_may_be_made(
    due_from: str, minutes: int, timezone: str, windows: Any, preferences: Any, closed: set[int]
) -> None:
    """Minute by minute, as nobody would write a planner: holidays, wishes, changes of clocks, month ends."""
    zone, due_at = ZoneInfo(timezone), later(due_from, minutes=minutes)
    first_day = parsed(due_from).astimezone(zone).date()
    holidays = sorted((first_day + timedelta(days=days)).isoformat() for days in closed)
    allowed = planning.call_windows(windows, preferences)

    def may_be_called(moment: str) -> bool:
        day = parsed(moment).astimezone(zone).date().isoformat()
        return day not in holidays and is_inside(moment, allowed, timezone)

    whole = parsed(due_from).replace(second=0, microsecond=0)
    ticks = (instant(whole + timedelta(minutes=n)) for n in range(1, minutes + 1))
    candidates = (moment for moment in (due_from, *ticks) if moment < due_at)
    first = next(filter(may_be_called, candidates), None)
    plan = planning.plan(["call"], due_from, due_at, timezone, windows, preferences, None, holidays)
    assert plan == {"planned_at": first or due_at, "propose_text": first is None}


@given(performed_at=moments, timezone=st.sampled_from(ZONES))
@example("2027-08-29T04:00:00.000Z", "America/Santiago")  # a day that begins at 01:00
def test_day_n_is_the_nth_day_of_the_calendar_after_the_treatment(performed_at: str, timezone: str) -> None:
    zone = ZoneInfo(timezone)
    day = parsed(performed_at).astimezone(zone).date()
    for owed in planning.plan_treatment(DEFAULT_RULES, performed_at, timezone, DEFAULT_CALL_WINDOWS, {}):
        if owed["code"] in ("cs_d3", "cs_d7"):
            wanted = day + timedelta(days=int(owed["code"][-1]))
            begins, ends = (parsed(owed[edge]).astimezone(zone) for edge in ("due_from", "due_at"))
            assert (begins.date(), ends.date(), ends.strftime("%H:%M:%S")) == (wanted, wanted, "23:59:59")
            before = parsed(owed["due_from"]) - timedelta(milliseconds=1)
            assert before.astimezone(zone).date() < wanted


@given(performed_at=moments, timezone=st.sampled_from(ZONES), windows=windows, preferences=preferences)
def test_whatever_a_treatment_owes_is_planned_before_its_deadline(
    performed_at: str, timezone: str, windows: Any, preferences: Any
) -> None:
    for owed in planning.plan_treatment(DEFAULT_RULES, performed_at, timezone, windows, preferences):
        assert performed_at <= owed["due_from"] <= owed["planned_at"] <= owed["due_at"]


@given(after=moments, timezone=st.sampled_from(ZONES), windows=windows)
def test_the_next_window_is_later_and_the_present_one_is_not_over(
    after: str, timezone: str, windows: Any
) -> None:
    assert planning.next_window(after, windows, timezone) > after
    present = planning.present_window(after, windows, timezone)
    if present:
        assert present["end"] > after
        assert present["open"] == (present["start"] <= after)


RUN_THE_TWIN = """
import { readFileSync } from 'node:fs'
import { build } from 'vite'

const [cases, out] = process.argv.slice(1)
const output = { entryFileNames: 'planning.mjs' }
const one = { ssr: 'src/domain/planning.ts', outDir: out, rolldownOptions: { output } }
await build({ configFile: false, publicDir: false, logLevel: 'error', build: one })
const twin = await import(`${out}/planning.mjs`)
const { rules, random } = JSON.parse(readFileSync(cases, 'utf8'))
const answers = random.map(({ timezone, windows, preferences, holidays, ...c }) => ({
  plan_treatment: () => twin.planTreatment(rules, c.performed_at, timezone, windows, preferences, holidays),
  plan: () => twin.plan(
    c.channels, c.due_from, c.due_at, timezone, windows, preferences, c.plan_from, holidays,
  ),
  next_window: () => twin.nextWindow(c.after, windows, timezone, holidays),
  present_window: () => twin.presentWindow(c.now, windows, timezone, holidays),
  day_start: () => twin.dayStart(c.at, timezone, c.days),
  end_of_day: () => twin.endOfDay(c.at, timezone, c.days),
})[c.call]())
console.log(JSON.stringify(answers))
"""


@pytest.mark.random
def test_both_planners_give_the_same_answers(tmp_path: Path) -> None:
    print(f"SEED={SEED}")
    draw = random.Random(SEED)
    cases = [random_case(draw) for _ in range(examples(usually=2_000, soaking=100_000))]
    file = tmp_path / "cases.json"
    file.write_text(json.dumps({"rules": DEFAULT_RULES, "random": cases}))
    ran = subprocess.run(
        ["node", "--input-type=module", "-e", RUN_THE_TWIN, file, tmp_path / "bundle"],
        cwd=ROOT / "pwa",
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    for case, theirs in zip(cases, json.loads(ran.stdout), strict=True):
        assert answer(case) == theirs, case


def random_case(draw: random.Random) -> dict[str, Any]:
    """Half of the instants lie around a change of clocks or a midnight, where planners go wrong."""
    timezone = draw.choice(ZONES)
    day = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=draw.randrange(2500))
    at = instant(day + timedelta(milliseconds=draw.randrange(86_400_000)))
    if draw.random() < 0.5:
        at = later(
            change_of_clocks(draw, timezone, day), minutes=draw.choice([-90, -60, -30, -1, 0, 1, 30, 59, 60])
        )
    due_at = later(at, minutes=draw.choice([0, 30, 120, 1440, draw.randrange(50_000)]))
    return {
        "call": draw.choice(
            ["plan_treatment", "plan", "next_window", "present_window", "day_start", "end_of_day"]
        ),
        "timezone": timezone,
        "windows": draw.choice([DEFAULT_CALL_WINDOWS, random_windows(draw), []]),
        "preferences": draw.choice([{}, None, random_preferences(draw), random_preferences(draw)]),
        "holidays": draw.choice([[], random_holidays(draw, at), random_holidays(draw, at)]),
        "channels": draw.choice([["call"], ["call", "text"], ["text"], ["record"]]),
        "performed_at": at,
        "due_from": at,
        "due_at": due_at,
        "plan_from": draw.choice([None, later(at, minutes=draw.randrange(3000))]),
        "after": at,
        "now": at,
        "at": at,
        "days": draw.randrange(40),
    }


def change_of_clocks(draw: random.Random, timezone: str, after: datetime) -> str:
    """An hour of the first day (UTC) from `after` on in which the zone changes its clocks, else `after`."""
    zone = ZoneInfo(timezone)
    for days in range(200):
        day = after + timedelta(days=days)
        if day.astimezone(zone).utcoffset() != (day + timedelta(days=1)).astimezone(zone).utcoffset():
            return instant(day + timedelta(hours=draw.randrange(24)))
    return instant(after)


def random_windows(draw: random.Random) -> list[list[str]]:
    clock = [f"{draw.randrange(24):02}:{draw.choice([0, 15, 30, 59]):02}" for _ in range(6)]
    return [[clock[i], clock[i + 1]] for i in range(0, draw.choice([2, 4, 6]), 2)]


def random_holidays(draw: random.Random, after: str) -> list[str]:
    """Some of the days around an instant, and of those a month later."""
    near = [later(after, hours=24 * days)[:10] for days in (-1, 0, 1, 2, 3, 7, 27, 28, 29, 30)]
    return sorted(draw.sample(near, draw.randrange(len(near) + 1)))


def random_preferences(draw: random.Random) -> dict[str, Any]:
    (start, end) = random_windows(draw)[0]
    return draw.choice(
        [
            {"contact": draw.choice(["any", "text_only", "no_call", "", None, 3])},
            {"best_time": {"from": start, "to": end}},
            {"best_time": draw.choice([start, [start, end], {"from": start}, None])},
        ]
    )
