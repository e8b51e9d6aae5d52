"""How often each size occurs, in boxes that grow by a factor: spreads can be added, and have percentiles.

Eighteen boxes for each doubling: a percentile is read within two percent of the true one. Packed as pairs of
a box (two bytes) and a count (four bytes), because most spreads of a day have one or two boxes. Spreads that
are packed behind each other are their sum: a database adds them up by joining them.
"""

import math
import struct
from collections.abc import Iterable
from functools import cache

BOXES_PER_DOUBLING = 18
LAST_BOX = 2**16 - 1
_PAIR = struct.Struct("<HI")
_MOST = 2**32 - 1

Spread = dict[int, int]


def box_of(size: float) -> int:
    """The box of a size; everything up to 1 is in box 0."""
    if size <= 1:
        return 0
    return min(LAST_BOX, math.ceil(BOXES_PER_DOUBLING * math.log2(size)))


def size_of(box: int) -> float:
    """The middle of a box."""
    return 1.0 if box == 0 else 2 ** ((box - 0.5) / BOXES_PER_DOUBLING)


def packed(spread: Spread) -> bytes:
    flat = [number for box, often in sorted(spread.items()) for number in (box, min(often, _MOST))]
    return _pairs(len(spread)).pack(*flat)


@cache
def _pairs(count: int) -> struct.Struct:
    """All at once: adding up a ledger packs millions of spreads."""
    return struct.Struct("<" + "HI" * count)


def count(spread: Spread, box: int) -> None:
    spread[box] = spread.get(box, 0) + 1


def add(spread: Spread, more: Iterable[tuple[int, int]]) -> None:
    """`more`: pairs of a box and how often."""
    for box, often in more:
        spread[box] = spread.get(box, 0) + often


def add_packed(spread: Spread, pairs: bytes) -> None:
    add(spread, _PAIR.iter_unpack(pairs))


def percentile(spread: Spread, part: float) -> float | None:
    """The size that `part` (0 to 1) of all are no larger than; None of nothing."""
    wanted, passed = part * sum(spread.values()), 0
    for box in sorted(spread):
        passed += spread[box]
        if passed >= wanted:
            return size_of(box)
    return None
