"""What every answer carries, what is never served, and what leaks nothing."""

from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import msgspec
import pytest

from backend.alerts.push import WebPush
from backend.app import Ward as Server
from backend.clock import SteppedClock
from backend.settings import Settings
from shared_schemas.wire import Verdict
from tests.sync.conftest import Scene
from tests.tablet import ORIGIN


@pytest.fixture
def built(tmp_path: Path) -> Path:
    (tmp_path / "dist" / "assets").mkdir(parents=True)
    (tmp_path / "secret.txt").write_text("secret")
    for name, text in {
        "index.html": "<!doctype html><title>Wardlight</title>",
        "sw.js": "self.x = 1",
        "assets/app-Ab3dEf9h.js": "export const app = 1;" * 100,
    }.items():
        (tmp_path / "dist" / name).write_text(text)
    return tmp_path / "dist"


@pytest.fixture
def browser(settings: Settings, clock: SteppedClock, built: Path) -> httpx.AsyncClient:
    server = Server(settings, clock, WebPush(settings), stepped=True, pwa=built)
    return httpx.AsyncClient(transport=httpx.ASGITransport(server), base_url=ORIGIN)


async def test_every_answer_carries_the_policy(browser: httpx.AsyncClient) -> None:
    for path in ("/", "/sw.js", "/no.such", "/api/no-such", "/health/live", "/api/sync/changes"):
        headers = (await browser.get(path)).headers
        policy = headers["content-security-policy"]
        assert "unsafe-inline" not in policy
        assert "'unsafe-eval'" not in policy
        assert "script-src 'self' 'wasm-unsafe-eval'" in policy
        assert "require-trusted-types-for 'script'" in policy
        assert (headers["x-content-type-options"], headers["cross-origin-opener-policy"]) == ("nosniff", "same-origin")


async def test_hashed_files_are_kept_for_ever_and_the_rest_is_asked_for(browser: httpx.AsyncClient) -> None:
    hashed = await browser.get("/assets/app-Ab3dEf9h.js")
    assert "immutable" in hashed.headers["cache-control"]
    assert hashed.headers["content-encoding"] == "gzip"
    assert hashed.text.startswith("export const app")
    for path in ("/", "/index.html", "/sw.js", "/stays/some-id"):
        reply = await browser.get(path)
        assert (reply.status_code, reply.headers["cache-control"]) == (200, "no-cache"), path


async def test_a_file_that_did_not_change_is_not_sent_again(browser: httpx.AsyncClient) -> None:
    etag = (await browser.get("/")).headers["etag"]
    again = await browser.get("/", headers={"if-none-match": etag})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path",
    ["/../secret.txt", "/..%2fsecret.txt", "/assets/..%2f..%2fsecret.txt", "/%2e%2e/secret.txt", "/..\\secret.txt"],
)
async def test_nothing_outside_of_the_folder_is_served(browser: httpx.AsyncClient, path: str) -> None:
    url = httpx.URL(ORIGIN).copy_with(raw_path=path.encode())
    assert (await browser.get(url)).status_code == 404


async def test_an_app_that_is_not_built_says_so(settings: Settings, clock: SteppedClock, tmp_path: Path) -> None:
    server = Server(settings, clock, WebPush(settings), stepped=True, pwa=tmp_path / "none")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(server), base_url=ORIGIN) as browser:
        assert (await browser.get("/")).json()["detail"] == "The app is not built; run make."


async def test_an_error_leaks_nothing(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("patient Kim in bed 7")

    monkeypatch.setattr("backend.sync.routes.doors.feeds_of", fail)
    reply = await scene.tablet.http.get("/api/devices/me")
    assert reply.status_code == 500
    assert "Kim" not in reply.text


@pytest.mark.parametrize(
    "asked",
    [
        {"feed": "reference", "epoch": "x", "after": "-1"},
        {"feed": "reference", "epoch": "x", "after": "1;--"},
        {"feed": "reference", "epoch": "x", "after": 0, "limit": 0},
        {"feed": "reference", "epoch": "x", "after": 9**30},
        {"feed": "reference", "epoch": "x"},
    ],
)
async def test_a_query_out_of_bounds_is_400(scene: Scene, asked: dict) -> None:
    assert (await scene.tablet.http.get("/api/sync/changes", params=asked)).status_code == 400


async def test_the_cookie_proves_the_tablet_as_the_bearer_does(scene: Scene) -> None:
    http = scene.tablet.http
    del http.headers["authorization"]
    assert (await http.get("/api/devices/me")).status_code == 401
    reply = await http.get("/api/devices/me", headers={"cookie": f"__Host-device={scene.tablet.token}"})
    assert reply.json()["device_id"] == scene.tablet.device_id


async def test_pairing_sets_a_cookie_that_no_script_reads(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    from backend.access.actions import make_pairing_code
    from backend.db import unit_of_work

    async with unit_of_work(scene.server.database, scene.tablet.now) as work:
        code = await make_pairing_code(work, scene.tablet.unit_id)
    reply = await scene.tablet.http.post("/api/devices", json={"pairing_code": code, "name": "browser"})
    cookie = reply.headers["set-cookie"].lower()
    assert cookie.startswith("__host-device=")
    for word in ("httponly", "secure", "samesite=strict", "path=/"):
        assert word in cookie
    assert "domain" not in cookie


async def test_a_text_body_is_no_way_in(scene: Scene) -> None:
    text = {"content-type": "text/plain"}
    for door in ("/api/sync/entries", "/api/sessions", "/api/devices"):
        reply = await scene.tablet.http.post(door, content=b"{}", headers=text)
        assert reply.status_code in {400, 415}, door
    empty = b'{"outbox_depth":0,"max_n":0,"entries":[]}'
    assert (await scene.tablet.http.post("/api/sync/entries", content=empty, headers=text)).status_code == 415


async def test_an_unknown_field_of_a_request_is_400(scene: Scene) -> None:
    body = {"staff_id": scene.anna, "pin": "123456", "role": "administrator"}
    assert (await scene.tablet.http.post("/api/sessions", json=body)).status_code == 400


async def test_the_server_is_ready_when_the_database_answers(scene: Scene) -> None:
    assert (await scene.tablet.http.get("/health/live")).status_code == 200
    assert (await scene.tablet.http.get("/health/ready")).status_code == 200


async def test_a_database_without_a_free_connection_is_503_and_the_tablet_keeps_all(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.db.ACQUIRE_SECONDS", 0.05)
    scene.tablet.save(scene.anna, scene.note())
    batch = msgspec.json.encode({"outbox_depth": 1, "max_n": 2, "entries": scene.tablet.outbox})
    async with AsyncExitStack() as stack:
        for _ in range(scene.server.settings.pool_size):
            await stack.enter_async_context(scene.server.database.pool.acquire())
        assert (await scene.tablet.http.get("/health/ready")).status_code == 503
        reply = await scene.tablet.post(batch)
        assert reply.status_code == 503
    assert (await scene.tablet.http.get("/health/ready")).status_code == 200
    assert [v.verdict for v in await scene.tablet.push()] == [Verdict.ACCEPTED]
