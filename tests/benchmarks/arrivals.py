"""What one reader saw of one answer: pieces of text and when they came. Times are nanoseconds, monotonic."""

import statistics
import time
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass
class Arrivals:
    asked: int = field(default_factory=time.monotonic_ns)
    pieces: list[tuple[int, str]] = field(default_factory=list)

    def add(self, text: str) -> None:
        self.pieces.append((time.monotonic_ns(), text))

    @property
    def text(self) -> str:
        return "".join(text for _, text in self.pieces)

    @property
    def ttft_ms(self) -> float:
        return (self.pieces[0][0] - self.asked) / 1e6

    def latencies_ms(self) -> list[float]:
        """For each token, from its writing in the upstream to its arrival here.

        A token that was cut in two arrives with its end. Fails if one is missing, doubled or misplaced.
        """
        found: list[float] = []
        rest = ""
        for arrived, text in self.pieces:
            *tokens, rest = (rest + text).split(" ")
            for token in tokens:
                number, _, written = token.partition(":")
                assert int(number) == len(found) + 1, f"token {number} came after {len(found)}"
                found.append((arrived - int(written)) / 1e6)
        assert not rest, f"{rest!r} has no end"
        return found


def percentiles(values: Iterable[float]) -> tuple[float, float]:
    """The 50th and the 99th."""
    cuts = statistics.quantiles(values, n=100)
    return cuts[49], cuts[98]
