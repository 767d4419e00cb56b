"""What every answer carries, and which requests never reach a door."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from backend.errors import NotPermitted, WardError
from backend.errors.problem import ward_error
from backend.settings import Settings

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
OWN_SITES = {b"same-origin", b"none"}
FORBIDDEN_ORIGIN = "This request comes from another site."
CONTENT_POLICY = "; ".join(  # noqa: FLY002 (a line a rule)
    (
        "default-src 'self'",
        "script-src 'self' 'wasm-unsafe-eval'",  # argon2 and the scanner are WebAssembly
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "connect-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types svelte-trusted-html wardlight-worker",
    )
)
HEADERS = [
    (b"content-security-policy", CONTENT_POLICY.encode()),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"permissions-policy", b"geolocation=(self), microphone=(), payment=()"),
]
NO_STORE = (b"cache-control", b"no-store")


def is_foreign(scope: Scope, origins: tuple[str, ...]) -> bool:
    """An unsafe request, or a socket, that a page of another site began. Clients that are no browsers say nothing."""
    if scope["type"] == "http" and scope["method"] in SAFE_METHODS:
        return False
    headers = dict(scope["headers"])
    origin, site = headers.get(b"origin"), headers.get(b"sec-fetch-site")
    if origin is not None:
        return origin.decode("latin-1") not in origins
    return site is not None and site not in OWN_SITES


def edged(app: App, settings: Settings) -> App:
    """`app` behind the edge: foreign requests refused, every answer with its headers."""

    async def edge(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await app(scope, receive, send)
            return
        if is_foreign(scope, settings.origins):
            await _refuse(scope, receive, send)
            return
        await app(scope, receive, send if scope["type"] == "websocket" else _dressed(send))

    return edge


def _dressed(send: Send) -> Send:
    async def dressed(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            given = list(message["headers"])
            names = {name.lower() for name, _ in given}
            extra = [] if b"cache-control" in names else [NO_STORE]
            message = {**message, "headers": [*given, *HEADERS, *extra]}
        await send(message)

    return dressed


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 4403})
        return
    await problem(NotPermitted(FORBIDDEN_ORIGIN), _dressed(send))


async def problem(error: WardError, send: Send) -> None:
    """Answer with an error of ours."""
    response = ward_error(None, error)  # type: ignore[arg-type]  # it looks at the error alone
    headers = [(name.encode(), value.encode()) for name, value in response.headers.items()]
    headers.append((b"content-type", b"application/problem+json"))
    await send({"type": "http.response.start", "status": error.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.content})
