"""S11: after the server was restored from any past point, what it had said it has is there again."""

from ward_sim.chaos.judge.evidence import Evidence


def check(evidence: Evidence) -> None:
    """Every entry that was taken before a restore; every tablet in the new epoch."""
    scenario = evidence.scenario
    for restored_at, _ in scenario.restores:
        for pressed in scenario.pressed:
            told = evidence.passed.verdicts.get(pressed.entry_id, [])
            taken = any(one.at < restored_at and one.verdict["verdict"] != "later" for one in told)
            if taken and pressed.ticked and not pressed.odd:
                in_tray = pressed.entry_id in pressed.seat.tablet.storage.held
                there = in_tray or evidence.taken(pressed) is not None
                words = [one.verdict for one in told]
                lost = f"{pressed.entry['type']} {pressed.entry_id} was taken before the restore and has gone: {words}"
                scenario.book.check("S11", holds=there, otherwise=lost)
    if scenario.restores:
        for seat in scenario.seats:
            for feed in evidence.snapshots.keys() & seat.tablet.feeds.keys():
                kept = seat.tablet.feeds[feed]
                same = kept.epoch == evidence.heads[feed][0]
                told_epoch = f"tablet {seat.line.number} follows {feed} of before the restore"
                scenario.book.check("S11", holds=same, otherwise=told_epoch)
