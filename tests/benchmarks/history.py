"""Lists and search before a large archive: the server's time for each page, at two sizes, side by side.

    python -m tests.benchmarks.history [conversations ...]      (default 2000 10000)

On SQLite, or beside `python -m tests.servers --` on PostgreSQL. Each conversation has six messages.
"""

# First: nothing of the environment reaches what is measured.
import tests.environment  # noqa: F401  # isort: skip

import os
import random
import statistics
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsite.settings")
django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client, override_settings  # noqa: E402

from conversations.models import Conversation, Message  # noqa: E402
from conversations.search.upkeep import catch_up  # noqa: E402
from conversations.serving.assets import collect_if_changed  # noqa: E402

START = datetime(2024, 1, 1, tzinfo=UTC)
ROUNDS, CHUNK = 25, 500
WORDS = [
    f"{first}{second}{third}" for first in "bdfgklmnprst" for second in "aeiou" for third in ("n", "r", "st")
]
WORDS = [one + two for one in WORDS for two in WORDS[::7]]
# Address, and the most milliseconds that the median may take.
PAGES = {
    "sidebar, more of it": ("/history/entries/", 15),
    "history": ("/history/", 15),
    "history, interrupted": ("/history/?status=interrupted", 15),
    "conversation of 40 messages": ("", 15),
    "search, rare word": ("/search/?part=1&q=zephyr", 30),
    "search, common word": ("/search/?part=1&q=ocean", 30),
    "search, beginning": ("/search/?part=1&q=oce*", 30),
    "search, rare beginning": ("/search/?part=1&q=zeph*", 30),
    "search, phrase": ("/search/?part=1&q=%22blue+whale+song%22", 30),
    "search, nothing": ("/search/?part=1&q=%22absentword%22", 30),
    "search page": ("/search/?q=ocean", 30),
}


def text(chance: random.Random, length: int) -> str:
    words = [WORDS[min(int(chance.paretovariate(0.6)), len(WORDS) - 1)] for _ in range(length)]
    if chance.random() < 0.5:
        words[length // 2] = "ocean"
    if chance.random() < 0.001:
        words[3:6] = ["blue", "whale", "song"]
    if chance.random() < 0.00005:
        words[0] = "zephyr"
    return " ".join(words)


def rows(owner: User, first: int, number: int) -> Iterator[tuple[Conversation, list[Message]]]:
    chance = random.Random(first)
    for each in range(first, first + number):
        at = START + timedelta(minutes=7 * each)
        made = Conversation(owner=owner, title=text(chance, 6), model="alpha", created_at=at, updated_at=at)
        messages: list[Message] = []
        for turn in range(6):
            answers = turn % 2 == 1
            messages.append(
                Message(
                    conversation=made,
                    parent_id=messages[-1].id if messages else None,
                    role="assistant" if answers else "user",
                    content=text(chance, 60 if answers else 15),
                    status="interrupted" if answers and chance.random() < 0.001 else "complete",
                    model="alpha" if answers else "",
                    created_at=at + timedelta(seconds=turn),
                )
            )
        yield made, messages


def seed(owner: User, first: int, last: int) -> None:
    begun = time.monotonic()
    for at in range(first, last, CHUNK):
        made = list(rows(owner, at, min(CHUNK, last - at)))
        with transaction.atomic():
            Conversation.objects.bulk_create([conversation for conversation, _ in made])
            Message.objects.bulk_create([message for _, messages in made for message in messages])
    written = time.monotonic()
    number = 0
    while done := catch_up(5_000):
        number += done
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    each = (time.monotonic() - written) / max(number, 1) * 1000
    print(f"{last:,} conversations: {written - begun:.0f} s to write, {each:.3f} ms to index a text")


def long_talk(owner: User) -> str:
    conversation = Conversation.objects.create(
        owner=owner, title="Long", updated_at=START - timedelta(days=1)
    )
    leaf: Message | None = None
    for number in range(40):
        leaf = Message.objects.create(
            conversation=conversation,
            parent=leaf,
            role="assistant" if number % 2 else "user",
            content="Some *words* of an answer, and `code`. " * 8,
            created_at=START - timedelta(seconds=3600 - number),
        )
    Conversation.objects.filter(pk=conversation.pk).update(active_leaf=leaf)
    return conversation.get_absolute_url()


# SQLite works in our process: its time of the processor is what counts, whatever else this machine does.
clock = time.process_time if connection.vendor == "sqlite" else time.perf_counter


def median_ms(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(ROUNDS + 2):
        begun = clock()
        work()
        taken.append((clock() - begun) * 1000)
    return statistics.median(taken[2:])


def one_more(owner: User) -> float:
    """Milliseconds that the index costs for one saved message."""
    conversation = Conversation.objects.create(owner=owner, title="One more")
    catch_up()
    taken = []
    for number in range(ROUNDS):
        Message.objects.create(
            conversation=conversation, role="user", content=text(random.Random(number), 100)
        )
        begun = clock()
        catch_up()
        taken.append((clock() - begun) * 1000)
    return statistics.median(taken)


def measure(client: Client, talk: str) -> dict[str, float]:
    seen = {}
    for name, (address, _) in PAGES.items():
        response = client.get(address or talk)
        assert response.status_code == 200, name
        seen[name] = median_ms(lambda address=address: client.get(address or talk))  # type: ignore[misc]
    return seen


def main(sizes: list[int]) -> None:
    call_command("migrate", verbosity=0)
    collect_if_changed()
    owner = User.objects.create_user(f"alice-{uuid.uuid4().hex[:8]}")
    client = Client()
    client.force_login(owner)
    talk, first, columns = long_talk(owner), 0, []
    with override_settings(ALLOWED_HOSTS=["*"]):
        for size in sizes:
            seed(owner, first, size)
            first = size
            columns.append({**measure(client, talk), "index, one message": one_more(owner)})
    print(f"{connection.vendor:32}" + "".join(f"{size:>12,}" for size in sizes) + "       ratio   bar")
    for name in columns[0]:
        figures = [column[name] for column in columns]
        bar = PAGES.get(name, ("", 1))[1]
        ratio = f"{figures[-1] / figures[0]:12.2f}"
        print(f"{name:32}" + "".join(f"{figure:9.2f} ms" for figure in figures) + f"{ratio}{bar:6}")


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [2_000, 10_000])
