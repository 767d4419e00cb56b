"""The whole judgement of a day, as figures; every figure of fault must be 0, every figure of work above 0."""

import sys
from collections import Counter
from typing import Any

from ward_sim.faults import Counts
from ward_sim.instants import MINUTE, instant_ms
from ward_sim.judge import again, alert_oracle, alerts, beds, facts, home
from ward_sim.judge.alert_oracle import Act
from ward_sim.judge.applied import applied, seen_by
from ward_sim.judge.presence import gone_at, left_stays
from ward_sim.judge.witness import SeenVersion
from ward_sim.tablet import Tablet
from ward_sim.virtual_line import Network

Json = dict[str, Any]
FAULTS = (
    "lost",
    "doubled",
    "diverged",
    "alerts_missing",
    "alerts_doubled",
    "unwatched",
    "census_wrong",
    "not_restored",
    "gaps",
)
WORK = (
    "entries_charted",
    "requests_dropped",
    "duplicated",
    "reordered",
    "offline_minutes",
    "alerts_expected",
    "bed_marks",
    "beds_reserved",
    "beds_changed",
    "placements_cancelled",
    "visits_planned",
    "visits_moved",
    "visits_begun",
    "visits_ended",
    "visits_not_done",
    "visits_signed",
    "visits_overdue",
    "sos_raised",
    "sos_ended",
)


async def judged(tablets: list[Tablet], network: Network, end_at: int, home_units: set[str]) -> Json:
    """Return the report of a day that has healed; `home_units` are home-care teams."""
    snapshots = {}
    for witness in network.witnesses:
        await witness.look(end_at)
        snapshots[witness.feed] = await witness.snapshot()
    rows = {key: kept for _, _, part in snapshots.values() for key, kept in part.items()}
    saved = [kept for tablet in tablets for kept in tablet.ledger.saved.values()]
    acts = _acts(tablets, network)
    taken = Counter(kept.entry["type"] for kept in saved if kept.verdict in ("accepted", "flagged"))
    tasks = _versions(network, "task")
    stays = _versions(network, "stay")
    departed = _departed_rows(network, left_stays(stays, saved))
    seen = seen_by(witness.history for witness in network.witnesses)
    alert_rows = _versions(network, "alert")
    asked: facts.Rows = {("alert", alert_id): (0, versions[-1].row) for alert_id, versions in alert_rows.items()}
    shown = departed | asked | rows | applied(saved, seen, rows, network.arrived_at)
    visits = home.overdue_visits(_versions(network, "visit"), end_at)
    expected = [*_expected(acts, tasks, stays, end_at, home_units), *visits, *_calls_for_help(acts, tablets, end_at)]
    last_tasks = {task_id: versions[-1].row for task_id, versions in tasks.items()}
    here = [row for (kind, _), (_, row) in rows.items() if kind == "stay" and not row.get("departed_at")]
    present = [row["stay_id"] for row in here if row["unit_id"] not in home_units]
    at_home = [row["stay_id"] for row in here if row["unit_id"] in home_units]
    found = {
        "lost": await _lost(tablets, network, departed, shown),
        "doubled": facts.doubled(saved, shown) + beds.shared(stays, end_at) + home.doubled(saved, rows),
        "diverged": facts.diverged(tablets, snapshots),
        "alerts_missing": alerts.missing(expected, alert_rows, last_tasks),
        "alerts_doubled": alerts.doubled(alert_rows),
        "unwatched": facts.unwatched(rows, present) + home.unplanned(rows, at_home),
        "census_wrong": beds.census(saved, [part for _, _, part in snapshots.values()]),
        "not_restored": beds.not_restored(saved, stays, network.arrived_at),
    }
    for name, cases in found.items():
        for case in cases[:5]:
            print(f"{name}: {case}", file=sys.stderr)
    overdue = sum(wanted.why in ("overdue", "visit", "sos") for wanted in expected)
    return {
        **{name: len(cases) for name, cases in found.items()},
        "gaps": sum(witness.gaps for witness in network.witnesses),
        "entries_charted": len(saved),
        "sets_charted": sum(act.type == "vital_signs_charted" for act in acts),
        "held": sum(kept.verdict == "held" for kept in saved),
        "flagged": sum(kept.verdict == "flagged" for kept in saved),
        "visits_overruled": sum("another_nurse" in k.flags or "visit_began" in k.flags for k in saved),
        **_work(taken),
        "visits_overdue": len(visits),
        "beds_waited_for": sum("waiting_for_a_bed" in kept.flags for kept in saved),
        **_suffered(network.counts),
        "restarts": sum(tablet.starts - 1 for tablet in tablets),
        "alerts_expected": overdue + alert_oracle.response_episodes(acts),
        "alerts_raised": len(alert_rows),
        "alerts_needless": alerts.needless(expected, alert_rows),
    }


def _suffered(counts: Counts) -> Json:
    """What the network did to the tablets."""
    return {
        "requests": counts.requests,
        "requests_dropped": counts.requests_dropped,
        "duplicated": counts.duplicated,
        "reordered": counts.reordered,
        "refused": counts.refused,
        "offline_minutes": counts.offline_ms // MINUTE,
    }


def _work(taken: Counter[str]) -> Json:
    """What was done with beds and visits, by entries that the server took."""
    return {
        "bed_marks": taken["bed_marked"],
        "beds_reserved": taken["bed_reserved"],
        "beds_changed": taken["bed_assigned"] + taken["beds_swapped"] + taken["patient_transferred"],
        "placements_cancelled": taken["placement_cancelled"],
        "visits_planned": taken["visit_planned"],
        "visits_moved": taken["visit_reassigned"] + taken["visit_rescheduled"] + taken["visit_cancelled"],
        "visits_begun": taken["visit_started"],
        "visits_ended": taken["visit_ended"],
        "visits_not_done": taken["visit_not_done"],
        "visits_signed": taken["visit_signed"],
        "sos_raised": taken["sos_raised"],
        "sos_ended": taken["sos_ended"],
    }


def wrong(report: Json) -> bool:
    """Return whether a report shows a fault, or work that did not take place."""
    return any(report[name] for name in FAULTS) or not all(report[name] for name in WORK)


async def _lost(tablets: list[Tablet], network: Network, departed: facts.Rows, shown: facts.Rows) -> list[str]:
    """What is neither shown nor in a tray; about patients who have left, what the server does not know either.

    So about stays of which a placement was taken back: an admission and its cancel in one push are never seen.
    """
    saved = {entry_id: kept for tablet in tablets for entry_id, kept in tablet.ledger.saved.items()}
    unseen = facts.lost(saved.values(), shown)
    undone = {kept.body["stay_id"] for kept in saved.values() if kept.entry["type"] == "placement_cancelled"}
    late = {
        entry_id
        for entry_id in unseen
        if saved[entry_id].body.get("stay_id") in undone or facts.is_about(saved[entry_id], departed)
    }
    known = await again.known(network.door, tablets, late) if late else set()
    return [f"{saved[key].entry['type']} {key}, {saved[key].verdict}" for key in unseen if key not in known]


def _acts(tablets: list[Tablet], network: Network) -> list[Act]:
    """Everything saved that reached the server, in the order of arrival, at true instants."""
    acts = []
    for tablet in tablets:
        for entry_id, kept in tablet.ledger.saved.items():
            arrived_at = network.arrived_at.get(entry_id)
            if arrived_at is None or kept.verdict == "held":
                continue
            offset = kept.body.get("clock_offset_ms", 0)
            observed_at = min(instant_ms(kept.body["observed_at"]) + offset, arrived_at)
            acts.append(Act(arrived_at, entry_id, kept.entry["type"], kept.body, observed_at))
    return sorted(acts, key=lambda act: (act.arrived_at, act.entry_id))


def _departed_rows(network: Network, left: set[str]) -> facts.Rows:
    """The last rows of stays that have left the hospital: no snapshot shows them any more."""
    found: facts.Rows = {}
    for witness in network.witnesses:
        for key, versions in witness.history.items():
            if versions and versions[-1].row.get("stay_id") in left:
                found[key] = (0, versions[-1].row)
    return found


def _versions(network: Network, type_name: str) -> dict[str, list[SeenVersion]]:
    """Every version of the rows of a type in any unit; a stay that moved has versions in both."""
    merged: dict[str, list[SeenVersion]] = {}
    for witness in network.witnesses:
        for row_id, versions in witness.versions(type_name).items():
            merged.setdefault(row_id, []).extend(versions)
    for versions in merged.values():
        versions.sort(key=lambda seen: seen.from_at)
    return {row_id: versions for row_id, versions in merged.items() if versions}


def _calls_for_help(acts: list[Act], tablets: list[Tablet], end_at: int) -> list[alert_oracle.ExpectedAlert]:
    books = {entry_id: kept for tablet in tablets for entry_id, kept in tablet.ledger.saved.items()}
    authors = {entry_id: kept.staff_id for entry_id, kept in books.items()}
    flagged = {entry_id for entry_id, kept in books.items() if kept.verdict == "flagged"}
    return home.calls_for_help(acts, authors, flagged, end_at)


def _expected(
    acts: list[Act],
    tasks: dict[str, list[SeenVersion]],
    stays: dict[str, list[SeenVersion]],
    end_at: int,
    home_units: set[str],
) -> list[alert_oracle.ExpectedAlert]:
    heard = [act for act in acts if not gone_at(stays.get(act.body.get("stay_id", ""), []), act.arrived_at)]
    away = {act.body["stay_id"] for act in acts if act.type == "observations_paused"}
    in_wards = {key: versions for key, versions in stays.items() if versions[0].row["unit_id"] not in home_units}
    present = {}
    for stay_id, versions in in_wards.items():
        left_at = next((seen.from_at for seen in versions if seen.row.get("departed_at")), end_at)
        left_at = min(left_at, versions[-1].until_at or end_at)
        if stay_id not in away:
            present[stay_id] = (versions[0].from_at, left_at)
    return [
        *alert_oracle.overdue_tasks(tasks, end_at),
        *alert_oracle.responses(heard),
        *alert_oracle.silent_stays(acts, present, end_at),
    ]
