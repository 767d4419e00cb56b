"""What may be believed of an entry: whose it is, when it was, where its subject is, and whether its author may."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from backend.access.rules import GrantSpan, ScopeSpan, grants_at, in_scope, scope_at, scope_before
from backend.slice import Arrived, Author, Handles, Scope
from backend.sync.rules.proof import is_proven
from backend.sync.rules.strict import Sent
from shared_schemas.base import Body, ClockQuality
from shared_schemas.flags import Flag
from shared_schemas.wire import HeldReason

# A tablet's estimate of its offset is a few seconds wrong at worst; more is a wrong clock or a slip of the finger.
FUTURE_TOLERANCE = timedelta(minutes=2)
ANYWHERE = Scope(None, None, None)
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)  # before anybody was charted; PostgreSQL and Python agree from here on


class Session(NamedTuple):
    """Who signed in on which tablet, with which key, and until when."""

    session_id: str
    device_id: str
    staff_id: str
    session_key: bytes
    over_at: datetime
    grants: Sequence[GrantSpan]


@dataclass(slots=True)
class Known:
    """What the database knows that bears on a batch."""

    now: datetime
    sessions: Mapping[str, Session]
    spans: dict[str, list[ScopeSpan]]
    held: set[str] = field(default_factory=set)


class Refusal(NamedTuple):
    """Why an entry waits for a person."""

    reason: HeldReason
    detail: str = ""


def bounded(at: datetime | None, now: datetime) -> datetime | None:
    """What a tablet's clock said, within what can be stored; nothing is concluded from it."""
    return None if at is None else max(EARLIEST, min(at, now))


def corrected(at: datetime, body: Body, now: datetime) -> tuple[datetime, bool]:
    """An instant of the tablet on the server's clock and never later than now; and whether it lay in the future."""
    try:
        shifted = at.astimezone(UTC)
        if body.clock_offset_ms:
            shifted += timedelta(milliseconds=body.clock_offset_ms)
    except OverflowError:
        return now, True
    if shifted > now:
        return now, shifted > now + FUTURE_TOLERANCE
    return max(EARLIEST, shifted), False


def judged(sent: Sent, handles: Handles, known: Known, *, lead: Author | None = None) -> Arrived | Refusal:
    """A decoded entry as its slice takes it, or why not. `lead`: who leads the unit wants it applied."""
    envelope, body = sent.envelope, sent.body
    if envelope is None or body is None or sent.recorded_at is None:
        return Refusal(sent.reason or HeldReason.MALFORMED, sent.detail)
    session = known.sessions.get(envelope.session_id)
    if session is None or session.device_id != envelope.device_id:
        return Refusal(HeldReason.UNKNOWN_SESSION)
    if not is_proven(session.session_key, envelope):
        return Refusal(HeldReason.BAD_MAC)
    if lead is None and not known.held.isdisjoint(envelope.depends_on):
        return Refusal(HeldReason.DEPENDS_ON_HELD)
    recorded_at, _ = corrected(sent.recorded_at, body, known.now)
    observed_at, future = corrected(body.observed_at, body, known.now)
    author = Author(session.staff_id, session.session_id, grants_at(session.grants, recorded_at))
    scope = _scope(sent, body, known, None if handles.takes_back else observed_at)
    if scope is None:
        return Refusal(HeldReason.UNKNOWN_SUBJECT)
    flags = _flags(body, scope, future=future, observed_at=observed_at, late=recorded_at > session.over_at)
    if not handles.gate(author, scope):
        if not (handles.always_kept or _approved(handles, author, scope, lead)):
            return Refusal(HeldReason.NOT_PERMITTED if in_scope(author, scope) else HeldReason.OUT_OF_SCOPE)
        flags = (*flags, Flag.OUT_OF_SCOPE)
    return Arrived(
        envelope.entry_id,
        envelope.device_id,
        envelope.n,
        author,
        scope,
        body,
        observed_at,
        recorded_at,
        known.now,
        flags,
    )


def _approved(handles: Handles, author: Author, scope: Scope, lead: Author | None) -> bool:
    """Whether a lead may say yes: to what the author may do elsewhere, or to what the lead may do here herself.

    Nobody says yes to what she herself may not do, nor to what she wrote without being allowed to.
    """
    if lead is None:
        return False
    if not in_scope(author, scope) and handles.gate(author, ANYWHERE):
        return True
    return lead.staff_id != author.staff_id and handles.gate(lead, scope)


def _scope(sent: Sent, body: Body, known: Known, observed_at: datetime | None) -> Scope | None:
    """Where the subject is, and was then (`observed_at` None: before); None: no stay of that id was ever admitted."""
    unit_id = getattr(body, "unit_id", None)
    if unit_id is not None:
        return Scope(sent.stay_id, unit_id, unit_id)
    if sent.stay_id is None:
        return Scope(None, None, None)
    spans = known.spans.get(sent.stay_id)
    if not spans:
        return None
    return scope_before(sent.stay_id, spans) if observed_at is None else scope_at(sent.stay_id, spans, observed_at)


def _flags(body: Body, scope: Scope, *, future: bool, observed_at: datetime, late: bool) -> tuple[Flag, ...]:
    found = {
        Flag.FUTURE_TIME: future,
        Flag.CLOCK_UNVERIFIED: body.clock_quality is ClockQuality.UNKNOWN,
        Flag.AFTER_DEPARTURE: scope.departed_at is not None and observed_at > scope.departed_at,
        Flag.AFTER_SESSION: late,
    }
    return tuple(flag for flag, is_so in found.items() if is_so)
