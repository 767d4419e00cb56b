"""Every door has a stranger, and turns her away."""

import httpx
import pytest

from backend.access.actions import revoke_device
from backend.app import Ward as Server
from backend.db import unit_of_work
from tests.cast import uid
from tests.sync.conftest import Scene
from tests.tablet import ORIGIN

# What a stranger asks at each door; a door that is missing here turns the first test red.
CASES: dict[tuple[str, str], dict] = {
    ("POST", "/api/devices"): {"json": {"pairing_code": "0000-0000-0000", "name": "mine"}},
    ("GET", "/api/devices/me"): {},
    ("POST", "/api/sessions"): {"json": {"staff_id": uid(), "pin": "123456"}},
    ("DELETE", "/api/sessions/{session_id}"): {},
    ("POST", "/api/sync/entries"): {"json": {"outbox_depth": 0, "max_n": 0, "entries": []}},
    ("GET", "/api/sync/snapshot/{feed}"): {},
    ("GET", "/api/sync/changes"): {"params": {"feed": "reference", "epoch": "x", "after": 0}},
    ("POST", "/api/alerts/receipts"): {"json": []},
    ("GET", "/api/alerts/push-key"): {},
    ("PUT", "/api/alerts/push-subscription"): {
        "json": {"endpoint": "https://x.example/1", "keys": {"p256dh": "AA", "auth": "AA"}, "lang": "en"}
    },
    ("POST", "/api/alerts/push-test"): {},
    ("GET", "/api/board/{unit_id}"): {},
    ("GET", "/api/board/{unit_id}/beds"): {},
}
OPEN = {("GET", "/health/live"), ("GET", "/health/ready")}
SOCKETS = {"/api/sync/live"}
STRANGERS_ANSWER = {("POST", "/api/devices"): 404}


def doors(server: Server) -> set[tuple[str, str]]:
    return {
        (method, route.path_format)
        for route in server.litestar.routes
        for method in getattr(route, "methods", ())
        if method not in {"OPTIONS", "HEAD"}
    }


def sockets(server: Server) -> set[str]:
    return {route.path_format for route in server.litestar.routes if not hasattr(route, "methods")}


async def test_every_door_has_a_stranger(server: Server) -> None:
    assert doors(server) - OPEN - CASES.keys() == set()
    assert sockets(server) - SOCKETS == set()


async def ask(server: Server, method: str, path: str, case: dict, token: str) -> httpx.Response:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    transport = httpx.ASGITransport(server)
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers=headers) as stranger:
        for name, value in (("{feed}", "reference"), ("{session_id}", uid()), ("{unit_id}", uid())):
            path = path.replace(name, value)
        return await stranger.request(method, path, **case)


@pytest.mark.parametrize("kind", ["without a token", "with an unknown token", "with a revoked token"])
async def test_a_stranger_is_turned_away_at_every_door(scene: Scene, kind: str) -> None:
    tokens = {"without a token": "", "with an unknown token": "x" * 43, "with a revoked token": scene.tablet.token}
    async with unit_of_work(scene.server.database, scene.tablet.now) as work:
        await revoke_device(work, scene.tablet.device_id)
    for method, path in sorted(doors(scene.server) - OPEN):
        reply = await ask(scene.server, method, path, CASES[(method, path)], tokens[kind])
        assert reply.status_code == STRANGERS_ANSWER.get((method, path), 401), (method, path, reply.text)
        assert reply.headers["content-type"] == "application/problem+json"
        assert reply.headers["cache-control"] == "no-store"


async def test_nobody_signs_out_somebody_of_another_tablet(scene: Scene) -> None:
    session = scene.tablet.sessions[scene.anna].session_id
    other = await type(scene.tablet).paired(scene.server, scene.cast.east.unit_id)
    assert (await other.http.delete(f"/api/sessions/{session}")).status_code == 404
    assert (await other.http.delete("/api/sessions/not-an-id")).status_code == 404
    assert (await scene.tablet.http.delete(f"/api/sessions/{session}")).status_code == 204
