"""Argument fields: what a phone sends, checked and brought into the one form we keep."""

import re
from datetime import date
from typing import Any
from uuid import UUID

from marshmallow import ValidationError, fields, validate

from server.instants import instant, parsed
from server.sync.mutations import is_keepable

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class Id(fields.String):
    """A UUID as lower-case text."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str) or not _UUID.fullmatch(value):
            raise ValidationError("Not a UUID.")
        return str(UUID(value))


class Moment(fields.String):
    """An ISO 8601 instant with offset, kept as canonical UTC text."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        try:
            moment = parsed(value)
        except (ValueError, TypeError, OverflowError):
            raise ValidationError("Not an instant with an offset.") from None
        # Beyond these years, adding a follow-up's days leaves what dates can say.
        if not 1900 <= moment.year <= 2199:
            raise ValidationError("Not an instant of this time.")
        return instant(moment)


class Day(fields.String):
    """A calendar day, YYYY-MM-DD."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        try:
            return date.fromisoformat(value).isoformat()
        except (ValueError, TypeError):
            raise ValidationError("Not a day.") from None


class Flag(fields.Boolean):
    """true or false, nothing that merely looks like it."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError("Not true or false.")
        return value


def text(longest: int = 200, *, shortest: int = 0, **options: Any) -> fields.String:
    """Text of at most so many characters, all of which a database can keep."""
    return fields.String(validate=[validate.Length(shortest, longest), _keepable], **options)


def _keepable(value: str) -> None:
    if not is_keepable(value):
        raise ValidationError("Holds characters that cannot be kept.")


def one_of(*choices: str, **options: Any) -> fields.String:
    """One of these codes."""
    return fields.String(validate=validate.OneOf(choices), **options)


def list_of(field: fields.Field[Any], *, most: int = 50, least: int = 0, **options: Any) -> fields.List[Any]:
    """A list with a sensible bound."""
    return fields.List(field, validate=validate.Length(least, most), **options)
