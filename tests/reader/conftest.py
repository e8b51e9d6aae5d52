"""A house whose readers are tried alone: the tests write the answers themselves."""

from collections.abc import AsyncIterator

import pytest

from conversations.lifecycle import House


@pytest.fixture
async def house() -> AsyncIterator[House]:
    house = House(with_runner=False)
    yield house
    await house.drain()
