"""Words of the wire that the conformance tests share."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.rigs.client import Refused, instant, uuid7


def new_customer(**more: Any) -> dict[str, Any]:
    """Arguments of customer.create."""
    return {"id": uuid7(), "name": "王小美", "phones": ["13800000000"], **more}


def wire(seq: int, name: str = "customer.create", args: Any = None, **more: Any) -> dict[str, Any]:
    """A mutation as it travels; a new customer unless said otherwise."""
    args = new_customer() if args is None else args
    at = instant(datetime.now(UTC))
    return {"seq": seq, "id": uuid7(), "name": name, "args": args, "at": at, "first": None, **more}


def refusal(call: Callable[..., Any], *args: Any, **kwargs: Any) -> Refused:
    """The Refused that a call ends in."""
    with pytest.raises(Refused) as caught:
        call(*args, **kwargs)
    return caught.value


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
