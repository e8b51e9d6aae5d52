"""Houses for tests of the runner."""

from collections.abc import AsyncIterator

import pytest

from conversations.lifecycle import House


@pytest.fixture
async def unstarted(transactional_db: None) -> AsyncIterator[House]:
    """A house whose runner has not begun: what a test prepares is there when it does."""
    house = House(with_runner=True)
    yield house
    await house.drain()
