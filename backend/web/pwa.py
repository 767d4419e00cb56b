"""The tablet's built files: validated with ETags, kept for ever where their name holds a hash."""

import hashlib
import mimetypes
import re
import zlib
from collections.abc import MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backend.errors import NotFound, Unavailable
from backend.web.edge import Receive, Scope, Send, problem

PACKED = re.compile(r"text/|javascript|json|svg|wasm|manifest")
HASHED = re.compile(r"^assets/.+-[A-Za-z0-9_-]{8,}\.\w+$")
TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".wasm": "application/wasm",
    ".woff2": "font/woff2",
    ".svg": "image/svg+xml",
}
FOR_EVER = b"public, max-age=31536000, immutable"
ASK_FIRST = b"no-cache"


@dataclass(frozen=True, slots=True)
class File:
    """A built file as it is served; `packed` is gzip, or None where that gains nothing."""

    content: bytes
    packed: bytes | None
    headers: tuple[tuple[bytes, bytes], ...]
    etag: bytes


def _file(path: Path, name: str) -> File:
    content = path.read_bytes()
    kind = TYPES.get(path.suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    packed = packer.compress(content) + packer.flush() if PACKED.search(kind) else None
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'.encode()
    cached = FOR_EVER if HASHED.match(name) else ASK_FIRST
    kept = ((b"cache-control", cached), (b"etag", etag), (b"vary", b"accept-encoding"))
    return File(content, packed, ((b"content-type", kind.encode()), *kept), etag)


class Pwa:
    """An ASGI application over one folder, read once at start. Only names in it can be asked for."""

    def __init__(self, folder: Path) -> None:
        paths = sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []
        names = [path.relative_to(folder).as_posix() for path in paths]
        self.files = {name: _file(path, name) for name, path in zip(names, paths, strict=True)}

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Answer GET and HEAD; a path without a dot is a screen of the app."""
        if not self.files:
            await problem(Unavailable("The app is not built; run make."), send)
            return
        name = scope["path"].lstrip("/")
        is_screen = "." not in name and "\\" not in name
        file = self.files.get(name) or (self.files.get("index.html") if is_screen else None)
        if file is None or scope["method"] not in {"GET", "HEAD"}:
            await problem(NotFound(), send)
            return
        asked = dict(scope["headers"])
        if file.etag in asked.get(b"if-none-match", b""):
            await _answer(send, 304, file.headers, b"")
            return
        headers: list[tuple[bytes, bytes]] = [*file.headers]
        content = file.content
        if file.packed is not None and b"gzip" in asked.get(b"accept-encoding", b""):
            content = file.packed
            headers.append((b"content-encoding", b"gzip"))
        headers.append((b"content-length", str(len(content)).encode()))
        await _answer(send, 200, headers, b"" if scope["method"] == "HEAD" else content)


async def _answer(send: Send, status: int, headers: Any, body: bytes) -> None:
    start: MutableMapping[str, Any] = {"type": "http.response.start", "status": status, "headers": list(headers)}
    await send(start)
    await send({"type": "http.response.body", "body": body})
