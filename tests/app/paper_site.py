"""A site on paper: serves a built PWA with the header that the real server sends, and keeps what is posted to it."""

import json
import threading
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from backend.web.edge import CONTENT_POLICY

PWA = Path(__file__).parents[2] / "pwa"


class _Handler(SimpleHTTPRequestHandler):
    """Files from a folder; every POST and PUT is answered 204 and kept."""

    def __init__(self, *args: Any, site: "PaperSite") -> None:
        self.site = site
        super().__init__(*args, directory=str(site.folder))

    def do_GET(self) -> None:
        if not self.path.startswith("/api/"):
            super().do_GET()
            return
        answer = json.dumps(self.site.answers[self.path]).encode()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(answer)

    def do_PUT(self) -> None:
        self.do_POST()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"] or 0))
        self.site.posted.append((self.path, json.loads(body) if body else None))
        self.send_response(HTTPStatus.NO_CONTENT)
        self.end_headers()

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", CONTENT_POLICY)
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Quiet: a test reads `posted`."""


class PaperSite:
    """Serve `folder` at `address` until `close`; `answers` are given to GETs under /api/."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.posted: list[tuple[str, Any]] = []
        self.answers: dict[str, object] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, site=self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def publish_new_version(self) -> None:
        """Changes the worker's bytes and its version, as a new build does."""
        worker = self.folder / "sw.js"
        worker.write_text(worker.read_text().replace("version:`", "version:`next-"))

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
