"""Every error leaves as a problem detail of RFC 9457, and tells nothing that it should not."""

from datetime import timedelta
from typing import Any

import asyncpg
import httpx
import pytest
from litestar import Litestar, get

from backend.errors import (
    BadInput,
    NotFound,
    NotPermitted,
    NotSignedIn,
    StorageFull,
    TooLarge,
    TooMany,
    Unavailable,
    WardError,
)
from backend.errors.problem import EXCEPTION_HANDLERS

LEAK = "select secret from staff"


async def answer_to(error: Exception, path: str = "/") -> httpx.Response:
    @get("/")
    async def door() -> None:
        raise error

    app = Litestar([door], exception_handlers=EXCEPTION_HANDLERS, openapi_config=None)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)  # pyright: ignore[reportArgumentType]
    async with httpx.AsyncClient(transport=transport, base_url="http://ward") as client:
        return await client.get(path)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (BadInput("A unit is missing."), 400),
        (NotSignedIn(), 401),
        (NotPermitted(), 403),
        (NotFound(), 404),
        (TooLarge(), 413),
        (TooMany(retry_after=timedelta(seconds=30)), 429),
        (Unavailable(), 503),
        (StorageFull(), 507),
        (asyncpg.DiskFullError(LEAK), 507),
        (asyncpg.TooManyConnectionsError(LEAK), 503),
        (asyncpg.AdminShutdownError(LEAK), 503),
        (asyncpg.LockNotAvailableError(LEAK), 503),
        (asyncpg.DeadlockDetectedError(LEAK), 503),
        (asyncpg.ConnectionDoesNotExistError(LEAK), 503),
        (asyncpg.InterfaceError(LEAK), 503),
        (ConnectionRefusedError(LEAK), 503),
        (asyncpg.UniqueViolationError(LEAK), 500),
        (ZeroDivisionError(LEAK), 500),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
async def test_an_error_is_a_problem_detail(error: Exception, status: int) -> None:
    answer = await answer_to(error)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert problem["status"] == status
    assert problem["title"]
    assert problem.get("detail", "") == (error.detail if isinstance(error, WardError) else "")
    assert LEAK not in answer.text


async def test_a_path_that_is_not_there_is_a_problem_detail_too() -> None:
    answer = await answer_to(ZeroDivisionError(), "/nowhere")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert answer.json()["title"] == "Not Found"


async def test_who_must_wait_is_told_how_long() -> None:
    assert (await answer_to(TooMany(retry_after=timedelta(seconds=30)))).headers["retry-after"] == "30"
    assert (await answer_to(asyncpg.CannotConnectNowError("starting"))).headers["retry-after"] == "2"
