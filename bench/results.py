"""The figures of a run: medians over its rounds, under keys that say what they are, units last."""

from collections.abc import Mapping
from pathlib import Path
from statistics import median

import msgspec

from bench.reading import BoardRead, Snapshot
from ward_sim.load.timings import Timings

Figures = dict[str, float]
RESULTS = Path(__file__).parent / "results.json"


def of_limits(commit: Timings, http: Timings, http_per_s: float) -> Figures:
    """The machine's own limits."""
    return {
        "limit_one_commit_p50_ms": commit.percentile_ms(50),
        "limit_loopback_http_p50_ms": http.percentile_ms(50),
        "limit_loopback_http_8_clients_requests_per_s": http_per_s,
    }


def of_charting(
    alone: Timings, reply_bytes: int, cpu_ms: float, together_per_s: float, batched_per_s: float
) -> Figures:
    """One set a request, and batches."""
    return {
        "chart_six_vitals_1_client_p50_ms": alone.percentile_ms(50),
        "chart_six_vitals_1_client_p95_ms": alone.percentile_ms(95),
        "chart_six_vitals_server_cpu_ms": cpu_ms,
        "chart_six_vitals_8_clients_requests_per_s": together_per_s,
        "chart_six_vitals_reply_bytes": reply_bytes,
        "batches_of_100_entries_per_s": batched_per_s,
    }


def of_snapshot(read: Snapshot) -> Figures:
    """A ward's state."""
    return {
        "snapshot_30_patients_after_a_write_p50_ms": read.after_a_write.percentile_ms(50),
        "snapshot_30_patients_kept_p50_ms": read.kept.percentile_ms(50),
        "snapshot_30_patients_rows": read.rows,
        "snapshot_30_patients_bytes": read.plain_bytes,
        "snapshot_30_patients_gzip_bytes": read.gzip_bytes,
        "snapshot_30_patients_first_chunk_gzip_bytes": read.first_chunk_gzip_bytes,
    }


def of_board(read: BoardRead) -> Figures:
    """A ward's board, read at once."""
    return {
        "board_30_patients_p50_ms": read.again.percentile_ms(50),
        "board_30_patients_just_after_a_write_p50_ms": read.after_a_write.percentile_ms(50),
        "board_30_patients_bytes": read.plain_bytes,
        "board_30_patients_gzip_bytes": read.gzip_bytes,
    }


def of_beds(timings: Timings, size: int) -> Figures:
    """A ward's beds in a list."""
    return {"bed_list_30_beds_p50_ms": timings.percentile_ms(50), "bed_list_30_beds_bytes": size}


def of_crowd(delay: Timings) -> Figures:
    """From the request of one tablet to the socket of the board; the drawing of its page is not in it."""
    return {
        "change_to_the_boards_socket_60_tablets_live_500_changes_p50_ms": delay.percentile_ms(50),
        "change_to_the_boards_socket_60_tablets_live_500_changes_p95_ms": delay.percentile_ms(95),
    }


def of_hot_unit(per_s: float, answers: Timings) -> Figures:
    """Eight tablets of one unit."""
    return {
        "hot_unit_8_tablets_batches_of_10_entries_per_s": per_s,
        "hot_unit_8_tablets_batches_of_10_p50_ms": answers.percentile_ms(50),
        "hot_unit_8_tablets_batches_of_10_p99_ms": answers.percentile_ms(99),
    }


def of_units(per_s: float, cpu_us: float) -> Figures:
    """A tablet in each of eight units."""
    return {"eight_units_batches_of_100_entries_per_s": per_s, "eight_units_server_cpu_us_per_entry": cpu_us}


def of_socket(delay: Timings) -> Figures:
    """From the request of one tablet to the socket of another."""
    return {
        "write_to_another_tablets_socket_p50_ms": delay.percentile_ms(50),
        "write_to_another_tablets_socket_p99_ms": delay.percentile_ms(99),
    }


def over_rounds(rounds: list[Figures]) -> Figures:
    """The median of each figure over the rounds."""
    return {name: median(figures[name] for figures in rounds) for name in rounds[0]}


def keep(figures: Figures, about: Mapping[str, float | str | None]) -> None:
    """Write figures into bench/results.json; those that another benchmark measured stay."""
    kept = msgspec.json.decode(RESULTS.read_bytes()) if RESULTS.exists() else {}
    rounded = {name: round(figure, 3) for name, figure in figures.items()}
    RESULTS.write_bytes(msgspec.json.format(msgspec.json.encode({**kept, **about, **rounded})) + b"\n")
