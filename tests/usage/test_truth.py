"""The ledger agrees with the upstream's own books: to the token where it reported, else nearly."""

import asyncio
import itertools
import os
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator

import pytest
from django.contrib.auth.models import User
from django.db.models import Count, Sum

from conversations import lifecycle, sending
from conversations.announcing import announce_stop
from conversations.bookkeeping import sweep
from conversations.doorbell import QUEUE
from conversations.learning import SAMPLES
from conversations.lifecycle import House
from conversations.models import Conversation, Generation, GenerationEvent, Provider
from conversations.threads import in_background, in_database
from conversations.usage import Cube, Selection, Sums
from conversations.usage.rebuilding import rebuild
from tests.faults import services
from tests.runner import asking
from tests.runner.asking import Asked, ask
from tests.sockets import in_thread
from tests.usage.truth import Bookkeeper, answer_to, length_of

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
KILLED = 12
PATIENCE = 300.0  # seconds; thousands are asked beside whatever else the machine does


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
        try:
            await asked.ended()
        except TimeoutError as error:
            error.add_note(f"{course}: {asked.feed}")
            raise
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
            async with asyncio.timeout(PATIENCE):
                await asyncio.gather(*(self.ask(course) for course in courses[start : start + AT_ONCE]))
            await in_database(sweep)


async def answers(
    house: House, people: list[User], count: int, between: Callable[[Round], Awaitable[None]] | None = None
) -> Round:
    round_ = Round(house, people, seed=count)
    learning = max(12, count // 5)
    # A few at a time: of many a sweep would look at some only, by chance.
    for _ in range(learning // SAMPLES):
        await round_.run(["whole"] * SAMPLES)
    if between is not None:
        await between(round_)
    await round_.run([COURSES[number % len(COURSES)] for number in range(count - learning)])
    await in_database(people.pop().delete)
    await in_database(sweep)
    return round_


async def kill_a_runner(round_: Round) -> None:
    """Ends a process with kill -9 while it streams, and lets this one's runner find its answers."""
    await lifecycle.drain()
    killed = services.runner_beside_the_test()
    for number in range(KILLED):
        user, model = round_.people[number % len(round_.people)], MODELS[number % len(MODELS)]
        await in_database(sending.start_conversation, user, content=f"killed {number}", model=model)
    try:
        await in_thread(killed.start)
        await in_background(asking.until, everything_is_in_the_log)
    finally:
        await in_thread(killed.kill)
    round_.asked["killed"] += KILLED
    round_.house = lifecycle.started()
    await in_background(asking.until, lambda: not Generation.objects.running().exists())


def everything_is_in_the_log() -> bool:
    letters = sum(map(len, GenerationEvent.objects.values_list("content", flat=True)))
    return letters == sum(len(answer_to(str(number))) for number in range(KILLED))


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
    for status, courses in (
        ("stopped", ("stop",)), ("interrupted", ("break", "killed")), ("complete", ("silent",))
    ):  # fmt: skip
        estimated = rows.filter(source="estimated", status=status)
        assert estimated.count() == sum(asked[course] for course in courses)
        tokens = estimated.aggregate(tokens=Sum("completion_tokens"))["tokens"]
        assert tokens == pytest.approx(sum(map(books.unsaid, courses)), rel=0.2)
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
async def test_thousands_of_answers_agree_with_a_kill_9_among_them(
    house: House, people: list[User], books: Bookkeeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TRUTH_ANSWERS=10000 asks more of them."""
    monkeypatch.setattr(asking, "PATIENCE", PATIENCE)
    round_ = await answers(house, people, int(os.environ.get("TRUTH_ANSWERS", "2000")), kill_a_runner)
    assert round_.asked["killed"] == KILLED
    await in_database(agrees, books, round_.asked)
    await in_database(adds_up)
