"""The table: what was measured beside the goals, and what others need for the same work."""

from collections.abc import Mapping, Sequence

from bench.results import Figures

# A title, the key of the figure, its unit, and the goal where there is one; a negative goal is a least figure.
Line = tuple[str, str, str, float | None]

# What each figure is called, and its goal; the goals are those of the first release (CHANGELOG.md).
LINES: tuple[Line, ...] = (
    ("one commit, p50", "limit_one_commit_p50_ms", "ms", None),
    ("loopback HTTP, p50", "limit_loopback_http_p50_ms", "ms", None),
    ("loopback HTTP, 8 clients", "limit_loopback_http_8_clients_requests_per_s", "/s", None),
    ("chart six vitals, p50", "chart_six_vitals_1_client_p50_ms", "ms", 2.5),
    ("chart six vitals, p95", "chart_six_vitals_1_client_p95_ms", "ms", None),
    ("  processor of the server", "chart_six_vitals_server_cpu_ms", "ms", None),
    ("  8 clients, one ward", "chart_six_vitals_8_clients_requests_per_s", "/s", -600),
    ("  SQL statements, usual", "chart_six_vitals_usual_statements", "", 6),
    ("  SQL statements, most", "chart_six_vitals_most_statements", "", None),
    ("  reply", "chart_six_vitals_reply_bytes", "B", 1000),
    ("batches of 100", "batches_of_100_entries_per_s", "/s", -5000),
    ("eight units, batches of 100", "eight_units_batches_of_100_entries_per_s", "/s", -5000),
    ("  processor of the server, an entry", "eight_units_server_cpu_us_per_entry", "us", None),
    ("one hot unit, 8 tablets, batches of 10", "hot_unit_8_tablets_batches_of_10_entries_per_s", "/s", -2000),
    ("  an answer, p50", "hot_unit_8_tablets_batches_of_10_p50_ms", "ms", None),
    ("  an answer, p99", "hot_unit_8_tablets_batches_of_10_p99_ms", "ms", 50),
    ("snapshot of 30, after a write", "snapshot_30_patients_after_a_write_p50_ms", "ms", None),
    ("snapshot of 30, kept", "snapshot_30_patients_kept_p50_ms", "ms", 5),
    ("  rows", "snapshot_30_patients_rows", "", None),
    ("  plain", "snapshot_30_patients_bytes", "B", None),
    ("  gzip", "snapshot_30_patients_gzip_bytes", "B", None),
    ("  gzip, first chunk", "snapshot_30_patients_first_chunk_gzip_bytes", "B", 15_000),
    ("ward board of 30", "board_30_patients_p50_ms", "ms", 5),
    ("  just after a write", "board_30_patients_just_after_a_write_p50_ms", "ms", None),
    ("  plain", "board_30_patients_bytes", "B", None),
    ("  gzip", "board_30_patients_gzip_bytes", "B", 15_000),
    ("  SQL statements", "board_30_patients_statements", "", 3),
    ("bed list of 30, p50", "bed_list_30_beds_p50_ms", "ms", 2),
    ("  plain", "bed_list_30_beds_bytes", "B", None),
    ("  SQL statements", "bed_list_30_beds_statements", "", None),
    ("change to the board, 60 live, p50", "change_to_the_boards_socket_60_tablets_live_500_changes_p50_ms", "ms", None),
    ("change to the board, 60 live, p95", "change_to_the_boards_socket_60_tablets_live_500_changes_p95_ms", "ms", 1000),
    ("write to another tablet's socket, p50", "write_to_another_tablets_socket_p50_ms", "ms", 5),
    ("write to another tablet's socket, p99", "write_to_another_tablets_socket_p99_ms", "ms", 20),
    ("memory of the server", "server_resident_mb", "MB", 120),
)
# p50 at one client for the same work on a machine of two processors, one worker each, in a real PostgreSQL with fsync,
# 30 patients: CARE (2025-03), GNU Health 5.0.6 and Medplum 5.0.10, measured in November 2026.
OTHERS = {
    "chart_six_vitals_1_client_p50_ms": "CARE 26.9, GNU Health 11.9, Medplum 44",
    "chart_six_vitals_usual_statements": "CARE 19, Medplum 36",
    "batches_of_100_entries_per_s": "CARE 186, Medplum 270",
    "board_30_patients_p50_ms": "CARE 3,200, GNU Health 240, Medplum 137 (latest vitals alone)",
    "board_30_patients_gzip_bytes": "CARE 243,000",
    "board_30_patients_statements": "CARE 790",
    "bed_list_30_beds_p50_ms": "CARE 135, GNU Health 16.7, Medplum 4.9",
    "bed_list_30_beds_statements": "CARE 98",
    "write_to_another_tablets_socket_p50_ms": "CARE none (a poll of 30 s), GNU Health none",
    "server_resident_mb": "CARE 156, GNU Health 79, Medplum 287-615",
}


def table(figures: Figures, lines: Sequence[Line] = LINES, others: Mapping[str, str] = OTHERS) -> str:
    """The lines, with the goal where there is one and whether it is reached."""
    texts = [f"{'':<40}{'measured':>14}   {'goal':<22}others"]
    for title, name, unit, goal in lines:
        measured = f"{_figure(figures[name])} {unit}"
        goals = _goal(figures[name], goal, unit)
        texts.append(f"{title:<40}{measured:>14}   {goals:<22}{others.get(name, '')}".rstrip())
    return "\n".join(texts)


def _goal(figure: float, goal: float | None, unit: str) -> str:
    if goal is None:
        return ""
    at_least = goal < 0
    reached = figure >= -goal if at_least else figure <= goal
    wanted = f"{'>=' if at_least else '<='} {_figure(abs(goal))} {unit}"
    return f"{wanted:<14}{'reached' if reached else 'missed'}"


def _figure(figure: float) -> str:
    return f"{figure:,.2f}" if figure % 1 and figure < 100 else f"{figure:,.0f}"
