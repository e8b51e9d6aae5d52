"""The charts' geometry, without any page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.usage.charts import HEIGHT, WIDTH, Datum, columns, nice_top, rows, short, shortened

amounts = st.lists(st.tuples(st.integers(0, 10**15), st.integers(0, 10**15)), min_size=1, max_size=100)


@given(amounts)
def test_columns_never_leave_the_picture(data: list[tuple[int, int]]) -> None:
    chart = columns([Datum(str(place), pair, "") for place, pair in enumerate(data)])
    for part in (part for bar in chart.bars for part in bar.parts):
        assert part.x >= -0.01
        assert part.x + part.width <= WIDTH + 0.01
        assert part.y >= 0
        assert part.y + part.height <= HEIGHT + 0.01


@given(amounts)
def test_bars_never_leave_the_picture(data: list[tuple[int, int]]) -> None:
    chart = rows([Datum(str(place), pair, "") for place, pair in enumerate(data)])
    assert all(part.x + part.width <= WIDTH for bar in chart.bars for part in bar.parts)


def test_a_part_of_nothing_is_not_drawn() -> None:
    chart = columns([Datum("a", (0, 3), "")])
    assert [part.series for part in chart.bars[0].parts] == [2]


def test_series_stand_on_each_other() -> None:
    lower, upper = columns([Datum("a", (3, 1), "")]).bars[0].parts
    assert lower.y == pytest.approx(upper.y + upper.height)
    assert lower.height == pytest.approx(3 * upper.height, abs=0.05)


def test_at_most_eight_columns_are_labelled() -> None:
    chart = columns([Datum(str(day), (1,), "") for day in range(90)])
    assert sum(1 for bar in chart.bars if bar.label) <= 8


@pytest.mark.parametrize(("largest", "top"), [(0, 4), (4, 4), (5, 8), (37, 40), (41, 80), (99_999, 120_000)])
def test_the_grid_ends_at_a_round_number(largest: int, top: int) -> None:
    assert nice_top(largest) == top


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0"), (999, "999"), (1000, "1k"), (3400, "3.4k"), (56_100, "56.1k"), (7_800_000, "7.8M")],
)
def test_labels_are_short(number: int, text: str) -> None:
    assert short(number) == text


def test_long_names_are_shortened() -> None:
    assert len(shortened("meta-llama/Llama-3.3-70B-Instruct-Turbo-Free")) == 26
