"""A gateway before the server, as a hospital has one: it can be late with an address, and bring a newer version of the app."""

import http.client
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

PASSED_ON = {
    "content-type",
    "content-encoding",
    "cache-control",
    "set-cookie",
    "content-security-policy",
    "service-worker-allowed",
}
NEWER = '<meta name="newer">'


class Gateway:
    """Passes requests on, sockets excepted. Its origin is the tablet's."""

    def __init__(self, server_url: str) -> None:
        self.newer = False
        self.stalled = ""
        self.stalls = threading.Event()
        self.go_on = threading.Event()
        self._server_url, self._server = server_url, urlsplit(server_url).netloc
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.go_on.set()
        self._http.shutdown()
        self._http.server_close()

    def _bent(self, path: str, body: bytes) -> bytes:
        """The newer version: another name of its shell, and a page that one can tell from today's."""
        if path == "/sw.js" and self.newer:
            return re.sub(rb'(version:\s*["`])[0-9a-f]{12}', rb"\1bbbbbbbbbbbb", body)
        if path == "/" and self.newer:
            return body.replace(b"<title>", NEWER.encode() + b"<title>")
        return body

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def pass_on(self) -> None:
                path = urlsplit(self.path).path
                if path == gateway.stalled:
                    gateway.stalls.set()
                    gateway.go_on.wait(30)
                line = http.client.HTTPConnection(gateway._server, timeout=30)
                length = int(self.headers.get("content-length") or 0)
                headers = {name: value for name, value in self.headers.items() if name.lower() != "accept-encoding"}
                # To the server it is the only site there is.
                if "Origin" in headers:
                    headers["Origin"] = gateway._server_url
                line.request(self.command, self.path, self.rfile.read(length), headers)
                answer = line.getresponse()
                body = gateway._bent(path, answer.read())
                line.close()
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() in PASSED_ON:
                        self.send_header(name, value)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the name is the base's)
                """A test prints nothing."""

        for method in ("GET", "POST", "PUT", "DELETE"):
            setattr(Handler, f"do_{method}", Handler.pass_on)
        return Handler
