"""Full jitter: base 1 s, cap 60 s (docs/protocol.md, "Verdicts")."""

from ward_sim.chance import Chance

BASE_MS = 1_000
CAP_MS = 60_000


def pause_ms(chance: Chance, attempts: int) -> int:
    """Return how long to wait before the next try, after `attempts` failures."""
    return chance.jitter(min(CAP_MS, BASE_MS * 2 ** min(attempts, 10)))
