"""Instants: everywhere text `2026-11-22T04:57:43.123Z`, so that they sort and travel as they are."""

from datetime import UTC, datetime, timedelta


def instant(moment: datetime) -> str:
    """Aware datetime -> canonical UTC text with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parsed(text: str) -> datetime:
    """ISO 8601 with offset -> aware UTC datetime. Raises ValueError without an offset."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("an instant needs an offset")
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("an instant out of range") from error


def later(text: str, **by: float) -> str:
    """An instant moved by timedelta's arguments."""
    return instant(parsed(text) + timedelta(**by))


def utc_now() -> datetime:
    return datetime.now(UTC)
