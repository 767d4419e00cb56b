"""PouchDB with express-pouchdb, from npm: the engine of this field's offline systems, doing the same work."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from playwright.async_api import Playwright

from bench.offline.chromium import call, pouchdb_page, profile
from bench.offline.ours import NotDone
from bench.offline.relay import Relay
from bench.offline.shares import cpu_ms, family
from bench.place import DISK, HOST

Json = dict[str, Any]
FOLDER = Path(__file__).parent.parent / "pouchdb"
ADAPTERS = ("idb", "indexeddb")
SCRIPTS = ["/pouchdb/pouchdb.min.js", "/pouchdb/pouchdb.indexeddb.min.js", "/page.js"]
BATCH = 1000
READY_S = 30


@dataclass(frozen=True, slots=True)
class Replicated:
    """Documents that arrived, in how long, at how many bytes on the wire, and the processor time of all parties."""

    documents: int
    ms: float
    bytes: int
    cpu_ms: float = 0.0


@asynccontextmanager
async def pouchdb_server(port: int) -> AsyncIterator[int]:
    """The server of PouchDB's makers on a real disk, and its process, while the block runs."""
    folder = tempfile.mkdtemp(prefix="wardlight-bench-pouchdb-", dir=DISK if DISK.is_dir() else None)
    node = shutil.which("node")
    assert node is not None, "Node.js is needed: `make setup` brings it."
    child = await asyncio.create_subprocess_exec(node, "server.mjs", str(port), folder, cwd=FOLDER)
    try:
        await _answers(port)
        yield child.pid
    finally:
        child.terminate()
        await child.wait()
        shutil.rmtree(folder, ignore_errors=True)


async def _answers(port: int) -> None:
    async with httpx.AsyncClient() as client:
        for _ in range(READY_S * 10):
            try:
                await client.get(f"http://{HOST}:{port}/")
            except httpx.TransportError:
                await asyncio.sleep(0.1)
            else:
                return
    raise NotDone("PouchDB's server did not answer.")


async def fill(port: int, name: str, documents: list[Json]) -> None:
    """Keep documents on PouchDB's server."""
    async with httpx.AsyncClient(base_url=f"http://{HOST}:{port}/db/{name}", timeout=120) as client:
        await client.put("")
        for start in range(0, len(documents), BATCH):
            reply = await client.post("/_bulk_docs", json={"docs": documents[start : start + BATCH]})
            if any("error" in one for one in reply.raise_for_status().json()):
                raise NotDone("PouchDB's server did not take every document.")


async def drain(playwright: Playwright, relay: Relay, adapter: str, documents: list[Json], server: int) -> Replicated:
    """Send documents that a tablet has to a server that has none."""
    async with profile(playwright) as (context, browser):
        page = await pouchdb_page(context, relay.origin, SCRIPTS)
        await call(page, "fill", "drain", adapter, documents)
        await page.close()
        page = await pouchdb_page(context, relay.origin, SCRIPTS)
        relay.reset()
        parties = family(browser) | family(server)
        before = cpu_ms(parties)
        found = await call(page, "drain", "drain", adapter)
        return _checked(found, len(documents), relay, cpu_ms(parties) - before)


async def first_sync(playwright: Playwright, relay: Relay, adapter: str, name: str, count: int) -> Replicated:
    """Read a server's documents on a tablet that has none."""
    async with profile(playwright) as (context, _):
        page = await pouchdb_page(context, relay.origin, SCRIPTS)
        relay.reset()
        found = await call(page, "firstSync", name, adapter)
        return _checked(found, count, relay)


def _checked(found: Json, count: int, relay: Relay, processor_ms: float = 0.0) -> Replicated:
    if found["written"] != count:
        raise NotDone(f"PouchDB wrote {found['written']} of {count} documents.")
    return Replicated(count, found["ms"], relay.total, processor_ms)
