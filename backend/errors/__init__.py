"""What can go wrong at a door, each with its HTTP status. `problem` renders them."""

from datetime import timedelta
from typing import ClassVar


class WardError(Exception):
    """The root: one sentence for a person (`detail`), a status and a stable code for a program."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "unexpected"
    title: ClassVar[str] = "Something unexpected happened"

    def __init__(self, detail: str = "", *, retry_after: timedelta | None = None) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.retry_after = retry_after


class BadInput(WardError):
    """The request can not be understood."""

    status, code, title = 400, "bad_input", "The request can not be understood"


class NotSignedIn(WardError):
    """No valid device token or session came with the request."""

    status, code, title = 401, "not_signed_in", "Please sign in"


class NotPermitted(WardError):
    """A gate said no."""

    status, code, title = 403, "not_permitted", "This is outside your rights"


class NotFound(WardError):
    """There is no such thing, or none that the asker may know of."""

    status, code, title = 404, "not_found", "There is no such thing here"


class TooLarge(WardError):
    """The body is larger than the door's limit."""

    status, code, title = 413, "too_large", "The request is too large"


class UpdateNeeded(WardError):
    """The app is too old to read; what it has to send is still taken."""

    status, code, title = 426, "update_needed", "This app is too old: send what waits, then update"


class TooMany(WardError):
    """Too many attempts or requests; `retry_after` says when to come back."""

    status, code, title = 429, "too_many", "Too many attempts"


class Unavailable(WardError):
    """The database does not answer now; nothing was stored and a repetition is safe."""

    status, code, title = 503, "unavailable", "The server is busy, please repeat"


class StorageFull(WardError):
    """The server's disk is full; nothing was stored."""

    status, code, title = 507, "storage_full", "The server has no space left"
