"""A text in the two languages of the product."""

from typing import NamedTuple


class Words(NamedTuple):
    zh: str
    en: str
