"""Every error a caller can be told of: one tree, rendered in one place (api/errors.py)."""

from typing import Any


class AppError(Exception):
    """An answer that is not a success: HTTP status, code, message, fields."""

    status = 500
    code = "internal"
    message = "Something went wrong on the server; nothing was lost."

    def __init__(self, message: str | None = None, /, **fields: Any) -> None:
        super().__init__(message or self.message)
        self.text = message or self.message
        self.fields = fields
        self.beside: dict[str, Any] = {}

    def body(self) -> dict[str, Any]:
        """The JSON body: {"code", "message", "fields"} and what stands beside them."""
        return {"code": self.code, "message": self.text, "fields": self.fields, **self.beside}


class Validation(AppError):
    status, code, message = 422, "validation", "The request is not of the documented shape."


class Malformed(AppError):
    status, code, message = 400, "validation", "The request cannot be read."


class UnsupportedMediaType(AppError):
    status, code, message = 415, "validation", "The body is not of the documented type."


class Unauthenticated(AppError):
    status, code, message = 401, "unauthenticated", "Please sign in."


class SecondFactorRequired(AppError):
    status, code, message = 401, "second_factor_required", "Now the code of your authenticator, please."


class PasswordStale(AppError):
    status, code, message = 401, "password_stale", "This password was given too long ago; ask for a new one."


class DeviceRevoked(AppError):
    status, code, message = 401, "device_revoked", "This device has been signed off by the clinic."


class DeviceMismatch(AppError):
    status, code, message = 403, "device_mismatch", "The session belongs to another device."


class Forbidden(AppError):
    status, code, message = 403, "forbidden", "Your role does not include this."


class PasswordDue(AppError):
    status, code, message = (
        403,
        "password_due",
        "First replace the password that you were given.",
    )


class SecondFactorDue(AppError):
    status, code, message = 403, "second_factor_due", "Your clinic wants you to set up a second factor first."


class WrongCode(AppError):
    status, code, message = 403, "wrong_code", "This code is not right, or was used before."


class WrongPassword(AppError):
    status, code, message = 403, "wrong_password", "That is not your password."


class NotFound(AppError):
    status, code, message = 404, "not_found", "There is nothing here, or not for you."


class SequenceError(AppError):
    """A push that does not continue where the server stands; carries applied_through."""

    status = 409

    def __init__(self, applied_through: int) -> None:
        super().__init__()
        self.beside = {"applied_through": applied_through}


class SequenceGap(SequenceError):
    code, message = "sequence_gap", "Mutations before this one are missing."


class SequenceConflict(SequenceError):
    code, message = "sequence_conflict", "This number was used for another mutation."


class OffsetConflict(AppError):
    """A chunk that does not begin where the upload stands; carries offset."""

    status, code, message = 409, "offset_conflict", "The upload stands at another offset."

    def __init__(self, offset: int) -> None:
        super().__init__()
        self.beside = {"offset": offset}


class UploadLocked(AppError):
    status, code, message = 423, "locked", "Another chunk of this upload is on its way."


class ChecksumMismatch(AppError):
    status, code, message = 460, "checksum_mismatch", "The chunk arrived damaged; send it again."


class UnsupportedVersion(AppError):
    status, code, message = 412, "unsupported_version", "This is not tus 1.0.0."


class WeakPassword(AppError):
    status, code, message = 422, "weak_password", "This password is easily guessed; choose a longer one."


class PictureRefused(AppError):
    status, code, message = 422, "picture_refused", "The clinic cannot keep this file as an original."


class EscapeRefused(AppError):
    status, code, message = 422, "escape_refused", "This is no escape file that the clinic can take in."


class Gated(AppError):
    status, code, message = 409, "gate", "Something that must come first is missing."


class Conflict(AppError):
    status, code, message = 409, "conflict", "This is there already."


class StaleCursor(AppError):
    status, code, message = 409, "stale_cursor", "The server has moved on: pull and repeat."


class TooLarge(AppError):
    status, code, message = 413, "too_large", "The request is too large; send it in parts."


class UpgradeRequired(AppError):
    status, code, message = 426, "upgrade_required", "This app version is too old; please update."


class Throttled(AppError):
    status, code, message = 429, "throttled", "Too many attempts; please wait a little."


class Unavailable(AppError):
    status, code, message = 503, "unavailable", "The server cannot answer now; try again."
