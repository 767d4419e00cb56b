"""Where a push may go, and what an answer of a push service or webhook means."""

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from urllib.parse import urlsplit

# Waits double from here, so that a service that fails is not pressed.
FIRST_WAIT = timedelta(seconds=1)
# A step lasts minutes: to wait longer than one would be to wait past the step.
LONGEST_WAIT = timedelta(seconds=60)
# About seven minutes in all; later a notice is no news, for the feed holds the alert.
TRIES = 12
# What was sent and can not be written down would ring at each lease's end: it pauses as long, then twice as long.
FIRST_PAUSE = timedelta(seconds=15)
# Short enough that nobody forgets an alert whose proof is out of order: it goes on until she answers.
LONGEST_PAUSE = timedelta(minutes=5)
# RFC 8030 lets a service ask for any wait; longer than this the ladder has long gone on.
LONGEST_RETRY_AFTER = timedelta(minutes=15)
# What the DNS can hold (RFC 1035, 2.3.4); anything else raises in the resolver. International names come as xn--.
LONGEST_NAME = 253
LABEL = re.compile(r"[a-z0-9_-]{1,63}")


class Fate(Enum):
    """What becomes of a delivery."""

    SENT = "sent"
    AGAIN = "again"
    SUBSCRIPTION_GONE = "subscription_gone"
    REFUSED = "refused"  # 400, 401, 403, redirects: our keys or settings are wrong; a person must look
    TOO_LARGE = "too_large"  # 413: our bug
    GIVEN_UP = "given_up"
    NOBODY_LISTENS = "nobody_listens"  # no socket of hers, no webhook
    ANSWERED = "answered"  # not asked any more when its turn came


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, or None when there was no answer in time; and what the service says about when to come back."""

    status: int | None
    retry_after_s: int | None = None


def fate(answer: Answer, attempts: int) -> tuple[Fate, timedelta]:
    """What an answer means after so many attempts, and how long to wait if it is to be sent again."""
    status = answer.status
    if status is not None and 200 <= status < 300:
        return Fate.SENT, timedelta(0)
    if status in (404, 410):
        return Fate.SUBSCRIPTION_GONE, timedelta(0)
    if status == 413:
        return Fate.TOO_LARGE, timedelta(0)
    if status is not None and status not in (408, 425, 429) and 300 <= status < 500:
        return Fate.REFUSED, timedelta(0)
    if attempts >= TRIES:
        return Fate.GIVEN_UP, timedelta(0)
    if answer.retry_after_s is not None:
        return Fate.AGAIN, min(timedelta(seconds=answer.retry_after_s), LONGEST_RETRY_AFTER)
    return Fate.AGAIN, min(FIRST_WAIT * 2 ** max(attempts - 1, 0), LONGEST_WAIT)


def pause(attempts: int) -> timedelta:
    """How long a delivery that was sent, and whose end can not be written, rests before it is sent again."""
    return min(FIRST_PAUSE * 2 ** min(max(attempts - 1, 0), 10), LONGEST_PAUSE)


def may_push_to(endpoint: str, hosts: Iterable[str], exempt: Iterable[str]) -> bool:
    """True for https on port 443 to a named host of the allow-list, or for an exact exempt `host:port`.

    A leading dot in the list allows every host below it. Literal addresses pass only as exempt pairs: resolvers never
    see them.
    """
    try:
        parts = urlsplit(endpoint)
        port = parts.port
    except ValueError:
        return False
    host = (parts.hostname or "").lower()
    if not host or parts.username or parts.password or parts.fragment:
        return False
    default_port = {"https": 443, "http": 80}.get(parts.scheme)
    if default_port is None:
        return False
    if is_exempt(host, port or default_port, exempt):
        return True
    if parts.scheme != "https" or (port or 443) != 443 or is_address(host) or not is_name(host):
        return False
    return any(host == allowed or (allowed.startswith(".") and host.endswith(allowed)) for allowed in hosts)


def is_exempt(host: str, port: int, exempt: Iterable[str]) -> bool:
    """True when the operator named exactly this host and port."""
    return f"{host}:{port}" in set(exempt) or f"[{host}]:{port}" in set(exempt)


def is_name(host: str) -> bool:
    """True for a host that a resolver can be asked for."""
    return len(host) <= LONGEST_NAME and all(LABEL.fullmatch(label) for label in host.split("."))


def is_address(host: str) -> bool:
    """True for a literal address, also in the short forms that an operating system would take for one."""
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return host.replace(".", "").isdigit() or host.startswith("0x")
    return True


def is_global(address: str) -> bool:
    """True when an address is of the public internet; mapped and translated forms are judged by what they hold."""
    found = ipaddress.ip_address(address)
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if inner is not None:
            return inner.is_global
    return found.is_global and not found.is_multicast
