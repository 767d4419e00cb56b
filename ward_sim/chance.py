"""The injected generator of ids and jitter: SplitMix64 and UUIDv7 as docs/protocol.md defines them."""

from dataclasses import dataclass

_MASK = 2**64 - 1


@dataclass(slots=True)
class Chance:
    """SplitMix64 over a 64-bit seed; the same seed gives the same ids in every language."""

    state: int

    def draw(self) -> int:
        """Return the next 64 bits."""
        self.state = (self.state + 0x9E3779B97F4A7C15) & _MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
        return z ^ (z >> 31)

    def jitter(self, below: int) -> int:
        """Return an integer in [0, below); 0 when `below` is 0."""
        return below * (self.draw() >> 11) // 2**53

    def uuid7(self, now_ms: int) -> str:
        """Return a UUIDv7 of the instant, in canonical lower case."""
        rand_a = self.draw() >> 52
        rand_b = self.draw() >> 2
        bits = (now_ms & (2**48 - 1)) << 80 | 7 << 76 | rand_a << 64 | 2 << 62 | rand_b
        text = f"{bits:032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
