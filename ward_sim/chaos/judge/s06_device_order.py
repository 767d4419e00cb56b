"""S6: what one device wrote reaches the server in the order in which it was written."""

from itertools import pairwise

from ward_sim.chaos.judge.evidence import Evidence


def check(evidence: Evidence) -> None:
    """Each batch on the wire, and what the server received first, and when."""
    book = evidence.scenario.book
    for _, number, entries in evidence.passed.posted:
        counters = [entry["n"] for entry in entries]
        book.check(
            "S6", holds=counters == sorted(set(counters)), otherwise=f"tablet {number} sent {counters} in one batch"
        )
    since = max((at for at, _ in evidence.scenario.restores), default=0)
    put_off = {
        entry_id
        for entry_id, told in evidence.passed.verdicts.items()
        if any(one.verdict["verdict"] == "later" for one in told)
    }
    for seat in evidence.scenario.seats:
        mine = [one for one in evidence.scenario.pressed if one.seat is seat and one.at > since]
        taken = [evidence.taken(one) for one in mine if one.entry_id not in put_off]
        in_order = sorted((entry for entry in taken if entry is not None), key=lambda entry: entry.n)
        for before, after in pairwise(in_order):
            told = f"tablet {seat.line.number}: n={after.n} was received before n={before.n}"
            book.check("S6", holds=before.received_at <= after.received_at, otherwise=told)
