"""How often each size occurs, in boxes that grow by a factor: spreads can be added, and have percentiles.

Eight boxes for each doubling: a percentile is read within five percent of the true one. Packed as pairs of
a box (one byte) and a count (four bytes), because most spreads of a day have one or two boxes.
"""

import math
import struct
from collections import Counter

BOXES_PER_DOUBLING = 8
LAST_BOX = 255
_PAIR = struct.Struct("<BI")
_MOST = 2**32 - 1

Spread = Counter[int]


def box_of(size: float) -> int:
    """The box of a size; everything up to 1 is in box 0."""
    if size <= 1:
        return 0
    return min(LAST_BOX, math.ceil(BOXES_PER_DOUBLING * math.log2(size)))


def size_of(box: int) -> float:
    """The middle of a box."""
    return 1.0 if box == 0 else 2 ** ((box - 0.5) / BOXES_PER_DOUBLING)


def packed(spread: Spread) -> bytes:
    return b"".join(_PAIR.pack(box, min(often, _MOST)) for box, often in sorted(spread.items()) if often > 0)


def add_packed(spread: Spread, pairs: bytes) -> None:
    for box, often in _PAIR.iter_unpack(pairs):
        spread[box] += often


def percentile(spread: Spread, part: float) -> float | None:
    """The size that `part` (0 to 1) of all are no larger than; None of nothing."""
    wanted, passed = part * spread.total(), 0
    for box in sorted(spread):
        passed += spread[box]
        if passed >= wanted and spread[box]:
            return size_of(box)
    return None
