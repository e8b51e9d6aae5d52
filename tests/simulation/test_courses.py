"""Two thousand random courses of events, and none in which a page, a row or a request is wrong."""

import pytest

from tests.simulation.course import run


@pytest.mark.parametrize(
    "seeds", [range(250), pytest.param(range(250, 2_000), marks=pytest.mark.slow)], ids=["some", "all"]
)
def test_no_course_breaks_an_invariant(seeds: range) -> None:
    broken = {seed: breaches[0] for seed in seeds if (breaches := run(seed))}
    assert not broken, f"{len(broken)} of {len(seeds)} courses; the first: {next(iter(broken.items()))}"
