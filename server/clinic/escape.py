"""Escape files: what a phone could not send, carried to the clinic by hand (docs/protocol.md).

What is in one goes through the same push and the same uploads as if the phone had sent it: exactly
once, whatever the phone itself or another import brings later. A file is read as a stream, and one
original at a time is in memory.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import IO
from uuid import UUID, uuid5

import orjson
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import ECDH, ECDSA
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from marshmallow import Schema
from sqlalchemy import insert, select

from server.clinic.escape_keys import clinic_key, device_key, point, public_key
from server.clinic.fields import Id
from server.clinic.performing import perform_now
from server.clinic.permissions import require
from server.clinic.photo_sets import StoredBytes, stored_id
from server.clinic.sign_in import SignedIn, holder_of
from server.clinic.uploads import Uploads
from server.database import read, write
from server.errors import (
    AppError,
    EscapeRefused,
    Forbidden,
    PictureRefused,
    SequenceConflict,
    SequenceGap,
    Throttled,
)
from server.instants import instant
from server.sync.acts import Act
from server.sync.mutations import Args, mutation
from server.sync.protocol import MOST_MUTATIONS
from server.sync.push import Sender, Sent, push
from server.sync.synced import Row
from server.sync.tables import Device
from server.sync.transaction import Transaction

MAGIC = b"meidang\x01"
PURPOSE = b"meidang escape"
LONGEST_HEADER = 4 * 1024
LONGEST_CONTENT = 32 * 1024 * 1024
SIGNATURE_BYTES = 64
TAG_BYTES = 16


class TakenInArgs(Schema):
    device_id = Id(required=True)
    staff_id = Id(required=True)


@mutation("device.taken_in", TakenInArgs)
def taken_in(tx: Transaction, args: Args) -> None:
    """The server's own act: somebody brings in a device's escape file. The log is all it changes."""
    require(tx, "device.take_in")


@dataclass(frozen=True)
class EscapeFile:
    """One whose signature holds. `person`: whose device made it. `content`: its JSON, still unchecked."""

    person: SignedIn
    content: bytes
    _key: AESGCM
    _stream: IO[bytes]

    def original(self, number: int, size: int) -> bytes:
        """The original with this number, from 1; to be asked for in order.

        Raises EOFError where the file ends too early, InvalidTag for what the device did not write.
        """
        return self._key.decrypt(_nonce(number), _exactly(self._stream, size + TAG_BYTES), None)


def opened(administrator: SignedIn, stream: IO[bytes]) -> EscapeFile:
    """Read a file up to its originals.

    Raises Forbidden, and EscapeRefused with `reason`: `format`, `device` (no device of this clinic has
    made it), `damaged` (it is not, to the last bit, what that device wrote).
    """
    if "clinic_admin" not in administrator.roles:
        raise Forbidden()
    try:
        signed = _exactly(stream, len(MAGIC))
        if signed != MAGIC:
            raise EscapeRefused(reason="format")
        head = _part(stream, LONGEST_HEADER)
        sealed = _part(stream, LONGEST_CONTENT)
        signature = _exactly(stream, SIGNATURE_BYTES)
        header = orjson.loads(head)
        device_id, ephemeral = str(header["device"]), public_key(str(header["key"]))
    except EOFError:
        raise EscapeRefused(reason="damaged") from None
    except (ValueError, TypeError, KeyError):
        raise EscapeRefused(reason="format") from None
    person = holder_of(administrator.clinic_id, device_id)
    signer, own = device_key(administrator.clinic_id, device_id), clinic_key(administrator.clinic_id)
    if person is None or signer is None or own is None:
        raise EscapeRefused(reason="device")
    half = SIGNATURE_BYTES // 2
    der = encode_dss_signature(int.from_bytes(signature[:half]), int.from_bytes(signature[half:]))
    info = PURPOSE + point(ephemeral) + point(own.public_key())
    key = AESGCM(HKDF(SHA256(), 32, None, info).derive(own.exchange(ECDH(), ephemeral)))
    try:
        signer.verify(der, MAGIC + _with_length(head) + _with_length(sealed), ECDSA(SHA256()))
        content = key.decrypt(_nonce(0), sealed, None)
    except (InvalidSignature, InvalidTag):
        raise EscapeRefused(reason="damaged") from None
    return EscapeFile(person, content, key, stream)


def take_in(
    administrator: SignedIn, file: EscapeFile, entries: list[Sent], originals: list[Row],
    offset: timedelta, uploads: Uploads, now: datetime,
) -> Row:  # fmt: skip
    """Push the entries and upload the originals as the device that wrote them.

    `offset`: how far the device's clock was behind the server's. Returns {"entries": {taken, known,
    waiting, refused}, "originals": {taken, known, refused, missing}, "refusals": [{name, at, code}]}.
    """
    person = file.person
    with write() as connection:
        done = {"device_id": person.device_id, "staff_id": administrator.staff_id}
        perform_now(connection, administrator.clinic_id, Act("device.taken_in", done))
    told = dict.fromkeys(("taken", "known", "waiting", "refused"), 0)
    kept = dict.fromkeys(("taken", "known", "refused", "missing"), 0)
    refusals: list[Row] = []
    for sent, result in zip(entries, _pushed(person, entries, instant(now - offset), now), strict=True):
        outcome = _outcome(result)
        told[outcome] += 1
        if outcome == "refused":
            refusals.append({"name": sent.name, "at": sent.at, "code": result["error"]["code"]})
    for number, original in enumerate(originals, start=1):
        try:
            data = file.original(number, original["size_bytes"])
            outcome = "known" if _is_kept(person, original) else "taken"
            if outcome == "taken":
                _upload(person, uploads, original, data, now)
        except EOFError:
            kept["missing"] = len(originals) - number + 1
            break
        except (InvalidTag, PictureRefused, Forbidden, Throttled) as refusal:
            outcome = "refused"
            refusals.append({"name": "original", "at": None, "code": _code(refusal)})
        kept[outcome] += 1
    return {"entries": told, "originals": kept, "refusals": refusals}


def _pushed(person: SignedIn, entries: list[Sent], device_time: str, now: datetime) -> list[Row]:
    """The results, in order. Where the device's numbers do not fit what the server knows of it (either has
    been restored from a backup), they are pushed as by a device registered anew, as the phone would do."""
    try:
        return _push_all(person, person.device_id, entries, device_time, now)
    except (SequenceGap, SequenceConflict):
        anew = [replace(sent, seq=number) for number, sent in enumerate(entries, start=1)]
        return _push_all(person, _registered_anew(person, entries[0], now), anew, device_time, now)


def _push_all(
    person: SignedIn, device_id: str, entries: list[Sent], device_time: str, now: datetime
) -> list[Row]:
    sender = Sender(person.clinic_id, device_id, person.actor)
    results: list[Row] = []
    for start in range(0, len(entries), MOST_MUTATIONS):
        results += push(sender, entries[start : start + MOST_MUTATIONS], device_time, now).results
    return results


def _registered_anew(person: SignedIn, first: Sent, now: datetime) -> str:
    """A device that nobody holds and that can do nothing else; the same one at the next import."""
    id = str(uuid5(UUID(person.device_id), first.id))
    with write() as connection:
        if connection.scalar(select(Device.id).where(Device.id == id)) is None:
            connection.execute(
                insert(Device).values(
                    id=id, clinic_id=person.clinic_id, staff_id=person.staff_id, name=person.device_name,
                    platform=person.platform, created_at=instant(now), revoked_at=instant(now),
                    revoke_mode="wipe", trying=[],
                )
            )  # fmt: skip
    return id


def _outcome(result: Row) -> str:
    if result["status"] == "parked":
        return "waiting"
    if result["error"] is not None:
        return "refused"
    return "known" if result["status"] == "duplicate" else "taken"


def _is_kept(person: SignedIn, original: Row) -> bool:
    with read() as connection:
        id = stored_id(original["photo_id"], person.staff_id, original["sha256"])
        kept = select(StoredBytes.id).where(StoredBytes.clinic_id == person.clinic_id, StoredBytes.id == id)
        return connection.scalar(kept) is not None


def _upload(person: SignedIn, uploads: Uploads, original: Row, data: bytes, now: datetime) -> None:
    id = uploads.create(person, len(data), original["photo_id"], original["sha256"], now)
    uploads.append(person, id, 0, iter([data]), None, now)
    uploads.progress(person, id, now)


def _code(refusal: Exception) -> str:
    if isinstance(refusal, PictureRefused):
        return str(refusal.fields["reason"])
    return refusal.code if isinstance(refusal, AppError) else "damaged"


def _part(stream: IO[bytes], longest: int) -> bytes:
    """A part that says its length. Raises EOFError, ValueError for one that is too long."""
    length = int.from_bytes(_exactly(stream, 4))
    if length > longest:
        raise ValueError("too long")
    return _exactly(stream, length)


def _with_length(part: bytes) -> bytes:
    return len(part).to_bytes(4) + part


def _exactly(stream: IO[bytes], length: int) -> bytes:
    """Raises EOFError where fewer are left."""
    data = bytearray()
    while len(data) < length:
        piece = stream.read(length - len(data))
        if not piece:
            raise EOFError
        data += piece
    return bytes(data)


def _nonce(number: int) -> bytes:
    """Of a part of a file, whose key is its own: 0 its content, then the originals."""
    return number.to_bytes(12)
