"""What a bad network does to messages, and the count of what it did."""

from dataclasses import dataclass


@dataclass(slots=True)
class Faults:
    """Shares of messages that suffer each fate."""

    dropped: float = 0.04
    answer_dropped: float = 0.04
    duplicated: float = 0.05
    slow: float = 0.06
    refused: float = 0.03
    socket_cut: float = 0.005
    frame_slow: float = 0.01


@dataclass(slots=True)
class Counts:
    """What the network did, for the report."""

    requests: int = 0
    requests_dropped: int = 0
    duplicated: int = 0
    reordered: int = 0
    refused: int = 0
    offline_ms: int = 0
