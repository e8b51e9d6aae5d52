"""Spreads: packed, added, and asked for percentiles."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.usage.spread import Spread, add_packed, box_of, packed, percentile, size_of

sizes = st.lists(st.floats(min_value=1, max_value=10**9), min_size=1, max_size=200)


def spread_of(values: list[float]) -> Spread:
    return dict(Counter(map(box_of, values)))


@given(sizes, sizes)
def test_two_spreads_added_are_the_spread_of_both(first: list[float], second: list[float]) -> None:
    both: Spread = {}
    add_packed(both, packed(spread_of(first)) + packed(spread_of(second)))
    assert both == spread_of(first + second)


@given(sizes, st.sampled_from([0.5, 0.9, 0.99]))
def test_a_percentile_is_within_two_percent(values: list[float], part: float) -> None:
    ordered = sorted(values)
    true = next(v for place, v in enumerate(ordered, 1) if place >= part * len(ordered))
    assert percentile(spread_of(values), part) == pytest.approx(true, rel=0.02)


@given(st.floats(min_value=0, max_value=1e300))
def test_every_size_has_a_box(size: float) -> None:
    assert 0 <= box_of(size) < 2**16


def test_nothing_has_no_percentile() -> None:
    assert percentile({}, 0.5) is None
    assert packed({}) == b""


def test_boxes_grow() -> None:
    assert [size_of(box) < size_of(box + 1) for box in range(999)] == [True] * 999
