"""Looking over all rows: every rule that they must keep, and a sentence for each that is broken."""

from collections.abc import Callable, Iterator

from conversations.checkup import ledger, messages, trees
from conversations.checkup.findings import Finding

CHECKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    *messages.CHECKS,
    *trees.CHECKS,
    *ledger.CHECKS,
)

__all__ = ["CHECKS", "Finding", "look_over"]


def look_over() -> Iterator[Finding]:
    """Reads everything, changes nothing."""
    for check in CHECKS:
        yield from check()
