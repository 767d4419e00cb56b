"""Errors as RFC 9457 problem details: the exception-handler map of the application."""

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import asyncpg
import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException

from backend.errors import BadInput, StorageFull, Unavailable, WardError

log = structlog.get_logger("problem")
SERVER_ERROR = 500
DATABASE_BACK_IN = timedelta(seconds=2)


class Problem(msgspec.Struct, omit_defaults=True):
    """The members of RFC 9457, section 3.1."""

    type: str
    title: str
    status: int
    detail: str = ""


def _respond(problem: Problem, headers: dict[str, str] | None = None) -> Response[bytes]:
    return Response(
        msgspec.json.encode(problem),
        status_code=problem.status,
        media_type="application/problem+json",
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


def ward_error(_: Request[Any, Any, Any], error: WardError) -> Response[bytes]:
    """A WardError with its own status; Retry-After in whole seconds where it is known."""
    headers = {}
    if error.retry_after is not None:
        headers["Retry-After"] = str(max(1, round(error.retry_after.total_seconds())))
    return _respond(Problem(f"urn:wardlight:{error.code}", error.title, error.status, error.detail), headers)


def framework_error(_: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """What the framework refuses before a door is reached (no such path, wrong method, unreadable query)."""
    phrase = HTTPStatus(error.status_code).phrase
    detail = "" if error.status_code >= SERVER_ERROR else error.detail
    return _respond(Problem("about:blank", phrase, error.status_code, detail), dict(error.headers or {}))


def undecodable(request: Request[Any, Any, Any], error: msgspec.DecodeError) -> Response[bytes]:
    """A body that is not the JSON which the door takes."""
    return ward_error(request, BadInput(str(error)))


def database_full(request: Request[Any, Any, Any], _: Exception) -> Response[bytes]:
    """507: the tablets keep their outbox and come back."""
    return ward_error(request, StorageFull())


def database_away(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """503: restarting, out of connections, or a lock that was not to be had in time."""
    log.warning("database_away", path=request.url.path, error=repr(error))
    return ward_error(request, Unavailable(retry_after=DATABASE_BACK_IN))


def unexpected(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Anything else: logged with its trace, told to nobody."""
    log.error("unexpected", path=request.url.path, exc_info=error)
    return ward_error(request, WardError())


EXCEPTION_HANDLERS: dict[int | type[Exception], Callable[..., Response[Any]]] = {
    WardError: ward_error,
    HTTPException: framework_error,
    msgspec.DecodeError: undecodable,
    asyncpg.DiskFullError: database_full,
    asyncpg.PostgresConnectionError: database_away,
    asyncpg.OperatorInterventionError: database_away,
    asyncpg.InsufficientResourcesError: database_away,
    asyncpg.LockNotAvailableError: database_away,
    asyncpg.TransactionRollbackError: database_away,
    asyncpg.InterfaceError: database_away,
    asyncpg.InternalClientError: database_away,  # what asyncpg says of some lines that were cut
    ConnectionError: database_away,
    Exception: unexpected,
}
