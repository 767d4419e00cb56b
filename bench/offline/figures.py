"""The figures of the tablet's sync beside PouchDB's, under keys that say what they are, and the lines of the table."""

from bench.offline.ours import Drained, FirstSync, Start
from bench.offline.pouchdb import Replicated
from bench.offline.reading import Exchange
from bench.results import Figures
from bench.table import Line
from ward_sim.load.timings import Timings

# The goals are the figures to reach of docs/performance.md. A negative goal is a least figure.
LINES: tuple[Line, ...] = (
    ("save, tap to durable, p50", "save.tap_to_durable_p50_ms", "ms", 5),
    ("save, tap to durable, p99", "save.tap_to_durable_p99_ms", "ms", None),
    ("drain, entries", "drain.entries", "", None),
    ("  ours", "drain.entries_per_s", "/s", None),
    ("  PouchDB, its faster adapter", "pouchdb.drain_documents_per_s", "/s", None),
    ("  ours : PouchDB", "drain.ratio", "x", -4),
    ("  bytes an entry, both ways", "drain.bytes_per_entry", "B", None),
    ("  bytes an entry, sent", "drain.bytes_per_entry_sent", "B", 85),
    ("  PouchDB, bytes a document", "pouchdb.drain_bytes_per_document", "B", None),
    ("  PouchDB : ours, bytes", "drain.bytes_ratio", "x", -4),
    ("  processor an entry, browser", "drain.browser_cpu_ms_per_entry", "ms", None),
    ("  processor an entry, server", "drain.server_cpu_ms_per_entry", "ms", None),
    ("  processor an entry, database", "drain.database_cpu_ms_per_entry", "ms", None),
    ("  processor a document, PouchDB", "pouchdb.drain_cpu_ms_per_document", "ms", None),
    ("first sync, facts", "first_sync.facts", "", None),
    ("  ours", "first_sync.facts_per_s", "/s", None),
    ("  PouchDB, its faster adapter", "pouchdb.first_sync_documents_per_s", "/s", None),
    ("  ours : PouchDB", "first_sync.ratio", "x", -4),
    ("  bytes a fact, both ways", "first_sync.bytes_per_fact", "B", 60),
    ("  PouchDB, bytes a document", "pouchdb.first_sync_bytes_per_document", "B", None),
    ("  PouchDB : ours, bytes", "first_sync.bytes_ratio", "x", -3),
    ("  usable", "first_sync.usable_ms", "ms", 400),
    ("first sync of 100 at once, median", "first_sync_100_at_once.median_s", "s", 10),
    ("nothing new, facts on the tablet", "nothing_new.facts", "", None),
    ("  the server's processor, connecting too", "nothing_new.server_cpu_ms", "ms", 20),
    ("  from dialling until the tablet knows", "nothing_new.wait_p50_ms", "ms", None),
    ("  bytes both ways, open socket", "nothing_new.bytes", "B", 300),
    ("  bytes both ways, new socket", "nothing_new.new_socket_bytes", "B", 300),
    ("  HTTP's request for a socket, and its reply", "nothing_new.upgrade_bytes", "B", None),
    ("  start, until the rows are there", "nothing_new.start_ms", "ms", None),
    ("  start, bytes with the socket's request", "nothing_new.start_bytes", "B", None),
    ("commit to another tablet's storage, p50", "commit_to_storage.p50_ms", "ms", 15),
    ("commit to another tablet's storage, p99", "commit_to_storage.p99_ms", "ms", 60),
    ("request to another tablet's storage, p50", "request_to_storage.p50_ms", "ms", None),
    ("request to another tablet's storage, p99", "request_to_storage.p99_ms", "ms", None),
)
# Sources: docs.powersync.com/resources/performance-and-limits ("small rows", source database to service), read in 2026.
OTHERS = {"drain.entries_per_s": "PowerSync 2,000-4,000/s"}


def of_drain(ours: Drained, theirs: Replicated) -> Figures:
    """Sending what was charted without a network."""
    ours_per_s, theirs_per_s = ours.entries / ours.ms * 1000, theirs.documents / theirs.ms * 1000
    ours_bytes, theirs_bytes = (ours.up + ours.down) / ours.entries, theirs.bytes / theirs.documents
    return {
        "save.tap_to_durable_p50_ms": ours.saves.percentile_ms(50),
        "save.tap_to_durable_p99_ms": ours.saves.percentile_ms(99),
        "drain.entries": ours.entries,
        "drain.entries_per_s": ours_per_s,
        "drain.ratio": ours_per_s / theirs_per_s,
        "drain.bytes_per_entry": ours_bytes,
        "drain.bytes_per_entry_sent": ours.up / ours.entries,
        "drain.bytes_ratio": theirs_bytes / ours_bytes,
        **{f"drain.{party}_cpu_ms_per_entry": ms / ours.entries for party, ms in ours.cpu_ms.items()},
        "pouchdb.drain_documents_per_s": theirs_per_s,
        "pouchdb.drain_bytes_per_document": theirs_bytes,
        "pouchdb.drain_cpu_ms_per_document": theirs.cpu_ms / theirs.documents,
    }


def of_first_sync(ours: FirstSync, theirs: Replicated) -> Figures:
    """Reading a ward for the first time."""
    ours_per_s, theirs_per_s = ours.rows / ours.ms * 1000, theirs.documents / theirs.ms * 1000
    ours_bytes, theirs_bytes = ours.bytes / ours.rows, theirs.bytes / theirs.documents
    return {
        "first_sync.facts": ours.rows,
        "first_sync.facts_per_s": ours_per_s,
        "first_sync.ratio": ours_per_s / theirs_per_s,
        "first_sync.bytes_per_fact": ours_bytes,
        "first_sync.bytes_ratio": theirs_bytes / ours_bytes,
        "first_sync.usable_ms": ours.usable_ms,
        "pouchdb.first_sync_documents_per_s": theirs_per_s,
        "pouchdb.first_sync_bytes_per_document": theirs_bytes,
    }


def of_storage(from_request: Timings, from_reply: Timings) -> Figures:
    """From one tablet's request, or from its reply, which comes just after the commit, to another's storage."""
    return {
        "commit_to_storage.p50_ms": from_reply.percentile_ms(50),
        "commit_to_storage.p99_ms": from_reply.percentile_ms(99),
        "request_to_storage.p50_ms": from_request.percentile_ms(50),
        "request_to_storage.p99_ms": from_request.percentile_ms(99),
    }


def of_nothing_new(facts: int, exchanged: Exchange, started: Start) -> Figures:
    """Coming back to a large ward in which nothing happened."""
    return {
        "nothing_new.facts": facts,
        "nothing_new.server_cpu_ms": exchanged.server_cpu_ms,
        "nothing_new.wait_p50_ms": exchanged.wait_ms,
        "nothing_new.bytes": exchanged.open_socket_bytes,
        "nothing_new.new_socket_bytes": exchanged.new_socket_bytes,
        "nothing_new.upgrade_bytes": exchanged.upgrade_bytes,
        "nothing_new.start_ms": started.ms,
        "nothing_new.start_bytes": started.bytes,
    }
