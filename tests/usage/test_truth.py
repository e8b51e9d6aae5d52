"""The ledger agrees with the upstream's own books: to the token where it reported, else nearly."""

import asyncio
import itertools
import random
from collections import Counter
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.db.models import Count, Sum

from conversations import sending
from conversations.announcing import announce_stop
from conversations.bookkeeping import sweep
from conversations.doorbell import QUEUE
from conversations.learning import SAMPLES
from conversations.lifecycle import House
from conversations.models import Conversation, Generation, Provider
from conversations.threads import in_database
from conversations.usage import Cube, Selection, Sums
from conversations.usage.rebuilding import rebuild
from tests.runner.asking import Asked, ask
from tests.usage.truth import Bookkeeper, length_of

MODELS = ("alpha", "beta", "gamma")
# Of a round; the first rounds are whole, so that estimates have something to learn from.
COURSES = (
    "whole",
    "whole",
    "stop",
    "silent",
    "break",
    "whole",
    "refuse",
    "stop",
    "busy",
    "whole",
    "silent",
    "break",
)
AT_ONCE = 24


@pytest.fixture
def books() -> Iterator[Bookkeeper]:
    bookkeeper = Bookkeeper()
    yield bookkeeper
    bookkeeper.close()


@pytest.fixture
def people(transactional_db: None, books: Bookkeeper) -> list[User]:
    Provider.objects.create(name="books", base_url=books.base_url, is_default=True, default_model="alpha")
    return [User.objects.create_user(name) for name in ("anna", "ben", "carla", "dan")]


class Round:
    """Asks many questions at once and sees each to its end, as its course wants."""

    def __init__(self, house: House, people: list[User], seed: int) -> None:
        self.house, self.people = house, people
        self.dice, self.numbers = random.Random(seed), itertools.count()
        self.asked: Counter[str] = Counter()

    async def ask(self, course: str) -> None:
        user, model = self.dice.choice(self.people), self.dice.choice(MODELS)
        self.asked[course] += 1
        asked = await ask(self.house, user, f"{course} {next(self.numbers)}", model=model)
        if course == "stop":
            await self._stop(user, asked)
        await asked.ended()
        if course in ("refuse", "break") and self.dice.random() < 0.5:
            await self._retry(user, asked)
        if self.dice.random() < 0.2:
            await in_database(Conversation.objects.filter(pk=asked.conversation_id).delete)

    async def _stop(self, user: User, asked: Asked) -> None:
        # When all that is sent has come; what is on its way at that moment nobody can count.
        words = length_of(str(asked.sent.question.content).split()[1])  # type: ignore[union-attr]
        await asked.until(lambda feed: len(feed.content.split()) == words)
        announce_stop(await in_database(sending.stop, user, asked.conversation_id, asked.message_id))

    async def _retry(self, user: User, asked: Asked) -> None:
        sent = await in_database(sending.retry, user, asked.conversation_id, asked.message_id)
        self.asked[str(asked.sent.question.content).split()[0]] += 1  # type: ignore[union-attr]
        again = Asked(self.house, sent)
        self.house.doorbell.ring(QUEUE)
        await again.until(lambda feed: feed.ended)
        again.leave()

    async def run(self, courses: list[str]) -> None:
        for start in range(0, len(courses), AT_ONCE):
            async with asyncio.timeout(120):
                await asyncio.gather(*(self.ask(course) for course in courses[start : start + AT_ONCE]))
            await in_database(sweep)


async def answers(house: House, people: list[User], count: int) -> Round:
    round_ = Round(house, people, seed=count)
    learning = max(12, count // 5)
    # A few at a time: of many a sweep would look at some only, by chance.
    for _ in range(learning // SAMPLES):
        await round_.run(["whole"] * SAMPLES)
    await round_.run([COURSES[number % len(COURSES)] for number in range(count - learning)])
    await in_database(people.pop().delete)
    await in_database(sweep)
    return round_


def agrees(books: Bookkeeper, asked: Counter[str]) -> None:
    """The books and the ledger say the same."""
    rows = Generation.objects.all()
    assert rows.filter(message__isnull=True).exists()  # some were deleted
    assert rows.exclude(purpose="title").count() == sum(asked.values())
    assert not rows.running().exists()
    # Every request that reached the upstream is in one row, and no row says more.
    assert rows.aggregate(sent=Sum("attempts"))["sent"] == len(books.asked)
    reported = rows.filter(source="reported").values("model_requested").annotate(
        prompt=Sum("prompt_tokens"), completion=Sum("completion_tokens"), answers=Count("pk")
    )  # fmt: skip
    found = {
        f"{row['model_requested']} {name}": row[name]
        for row in reported
        for name in ("prompt", "completion", "answers")
    }
    assert found == dict(books.reported)
    for status, course in (("stopped", "stop"), ("interrupted", "break"), ("complete", "silent")):
        estimated = rows.filter(source="estimated", status=status)
        assert estimated.count() == asked[course]
        tokens = estimated.aggregate(tokens=Sum("completion_tokens"))["tokens"]
        assert tokens == pytest.approx(books.unsaid(course), rel=0.2)
    refused = rows.filter(status="failed")
    assert (refused.count(), refused.filter(source="").count()) == (asked["refuse"], asked["refuse"])


def adds_up() -> None:
    """The pages' sums are the ledger's, and stay so when they are made anew."""
    wanted = Generation.objects.aggregate(requests=Count("pk"), total=Sum("total_tokens"))
    for _ in range(2):
        sums = Cube(Selection()).grouped().get((), Sums())
        assert (sums.requests, sums.total) == (wanted["requests"], wanted["total"])
        rebuild()


async def test_sixty_answers_agree(house: House, people: list[User], books: Bookkeeper) -> None:
    round_ = await answers(house, people, 60)
    await in_database(agrees, books, round_.asked)
    await in_database(adds_up)


@pytest.mark.slow
async def test_two_thousand_answers_agree(house: House, people: list[User], books: Bookkeeper) -> None:
    round_ = await answers(house, people, 2000)
    await in_database(agrees, books, round_.asked)
    await in_database(adds_up)
