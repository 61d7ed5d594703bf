"""A clinic to look around in: invented people and two months of work, the same for the same seed and now."""

from datetime import datetime

from server.clinic.planning import day_start
from server.demo import contacts, stage, today, vips, visits
from server.demo.guests import welcome
from server.demo.people import STAFF
from server.demo.script import TIMEZONE, Due, Guest, Script
from server.instants import instant, later

DAYS = 60
"""How far back treatments go."""
REGULARS = 2 * sum(role == "consultant" for _, _, role in STAFF)


def create_demo(clinic_code: str, customers: int, seed: int, now: datetime, password: str) -> str:
    """Make the clinic and all that has happened in it until `now`; returns its id.

    Everything goes through the mutators, as the person who would have done it, at that time.
    Everybody's password is `password`; the sign-ins are in server/demo/people.py. The VIPs come on top of
    `customers`. Raises ValueError for too few customers to give every consultant their own.
    """
    if customers < REGULARS:
        raise ValueError(f"a demo clinic has at least {REGULARS} customers")
    script = written(clinic_code, customers, seed, now)
    stage.perform(script, clinic_code, password)
    return script.clinic_id


def written(clinic_code: str, customers: int, seed: int, now: datetime) -> Script:
    """The whole script, not performed yet."""
    script = Script(f"{clinic_code}:{seed}", instant(now))
    guests: list[Guest] = []
    dues: list[Due] = []
    treatments = 0
    for number in range(customers):
        # Every fourth has not been treated (yet).
        times = 0 if number % 4 == 3 else script.draw.choices((1, 2, 3), (6, 3, 1))[0]
        # The first ones have been here for a while, so that every consultant knows somebody well.
        latest = -4 if number < REGULARS else 0
        days = sorted(script.draw.sample(range(-DAYS, latest + 1), max(times, 1)))
        moments = sorted(script.in_hours(day) for day in days)
        guest = welcome(
            script, number, _first_visit(script, moments[0]), _referrer(script, guests, moments[0])
        )
        guests.append(guest)
        for performed_at in moments[:times]:
            dues += visits.treat(script, guest, performed_at, treatments)
            treatments += 1
        since_day = _days_ago(script, guest.since)
        if not times:
            dues += visits.think_it_over(script, guest, since_day)
        if script.chance(0.25):
            dues += visits.book(script, guest, max(script.draw.randint(-1, 7), since_day + 2))
    today.fill(script, guests, dues)
    dues += vips.bring(script, customers)
    for due in dues:
        contacts.work(script, due)
    return script


def _first_visit(script: Script, treated_at: str) -> str:
    """The file is opened two hours before the first treatment, or weeks before it."""
    weeks = script.draw.choice((0, 0, 0, 1, 2, 4, 12))
    return script.after(later(treated_at, days=-7 * weeks), -120, -100)


def _referrer(script: Script, guests: list[Guest], before: str) -> Guest | None:
    earlier = [guest for guest in guests[-50:] if guest.since < later(before, days=-100)]
    return script.draw.choice(earlier) if earlier and script.chance(0.15) else None


def _days_ago(script: Script, at: str) -> int:
    """The clinic's day of `at`, counted from today (negative)."""
    begins = day_start(at, TIMEZONE)
    return next(-days for days in range(400) if day_start(script.now, TIMEZONE, -days) == begins)
