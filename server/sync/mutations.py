"""The register of named mutations, and how one is refused."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from marshmallow import Schema, ValidationError

from server.sync.synced import Kept

if TYPE_CHECKING:
    from server.sync.transaction import Transaction

Args = dict[str, Any]
Run = Callable[["Transaction", Args], None]
Ahead = Callable[["Transaction", dict[str, set[str]]], None]

DEEPEST = 32
LARGEST_NUMBER = 2**63 - 1

REGISTER: dict[str, "Mutation"] = {}


class Rejected(Exception):
    """The domain refuses: validation, forbidden, not_found, conflict, gate or internal."""

    def __init__(self, code: str, message: str, /, **fields: Any) -> None:
        super().__init__(message)
        self.code, self.message, self.fields = code, message, fields

    def body(self) -> dict[str, Any]:
        return {"code": self.code, "message": self.message, "fields": self.fields}


class Malformed(Rejected):
    """Never one of ours, whatever the state: no such mutation, or arguments of a wrong shape."""

    def __init__(self, message: str, /, **fields: Any) -> None:
        super().__init__("validation", message, **fields)


@dataclass(frozen=True)
class Mutation:
    """A named intent. `loads` tells which argument is the id of a row of which table; `ahead` is given these
    ids of a whole batch, {argument: ids}, to read what the batch is going to ask for."""

    name: str
    schema: Schema
    loads: dict[str, type[Kept]]
    run: Run
    ahead: Ahead | None = None


def mutation(
    name: str, schema: type[Schema], /, ahead: Ahead | None = None, **loads: type[Kept]
) -> Callable[[Run], Run]:
    """Register a mutator: `run(transaction, args)` with args already validated by `schema`."""

    def register(run: Run) -> Run:
        REGISTER[name] = Mutation(name, schema(), loads, run, ahead)
        return run

    return register


def find(name: str) -> Mutation:
    try:
        return REGISTER[name]
    except KeyError:
        raise Malformed(f"There is no mutation called {name!r}.") from None


def load(spec: Mutation, args: Args) -> Args:
    """Validated, normalised arguments; raises Malformed naming the fields."""
    try:
        loaded: Args = spec.schema.load(normal_text(args))
        return loaded
    except ValidationError as error:
        found = error.messages if isinstance(error.messages, dict) else {"_schema": error.messages}
        raise Malformed("Some entries are not valid.", **_named(found)) from None


def _named(messages: Any) -> Any:
    """Marshmallow numbers the items of a list; JSON has only names."""
    if isinstance(messages, dict):
        return {str(name): _named(message) for name, message in messages.items()}
    return messages


def perform(tx: "Transaction", name: str, args: Args) -> None:
    """Run one mutation in a savepoint, as `tx.context` says. Raises Rejected."""
    spec = find(name)
    loaded = load(spec, args)
    with tx.savepoint():
        spec.run(tx, loaded)


def is_keepable(text: str) -> bool:
    """False for what no database can keep: NUL, and lone surrogates."""
    return "\x00" not in text and (text.isascii() or not any("\ud800" <= c <= "\udfff" for c in text))


def normal_text(value: Any, depth: int = 0) -> Any:
    """NFC throughout; raises Malformed for what no database or phone can keep: NUL, lone surrogates,
    numbers beyond 64 bits, nesting without end."""
    if isinstance(value, str):
        if not is_keepable(value):
            raise Malformed("The text holds characters that cannot be kept.")
        return value if value.isascii() else unicodedata.normalize("NFC", value)
    if isinstance(value, int) and not -LARGEST_NUMBER <= value <= LARGEST_NUMBER:
        raise Malformed("A number is too large to be kept.")
    if depth > DEEPEST and isinstance(value, dict | list):
        raise Malformed("This is nested too deeply to be kept.")
    if isinstance(value, dict):
        return {normal_text(key): normal_text(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [normal_text(item, depth + 1) for item in value]
    return value


def readable(value: Any, depth: int = 0) -> Any:
    """The same as far as every database and phone can keep it."""
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
    if isinstance(value, int) and not -LARGEST_NUMBER <= value <= LARGEST_NUMBER:
        return "..."
    if depth > DEEPEST and isinstance(value, dict | list):
        return "..."
    if isinstance(value, dict):
        return {readable(key): readable(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [readable(item, depth + 1) for item in value]
    return value
