"""Lists and search before a large archive: the server's time for each page, at two sizes, side by side.

    python -m tests.benchmarks.history [conversations ...]   (default 20000 100000, or BENCH_CONVERSATIONS)

On SQLite, or beside `python -m tests.servers --` on PostgreSQL. Each conversation has six messages. Medians
in milliseconds; what is over its bar, or takes more than 1.5 times as long at the larger size, has a `!`.
"""

# First: nothing of the environment reaches what is measured.
import tests.environment  # noqa: F401  # isort: skip

import os
import random
import statistics
import sys
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsite.settings")
django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import override_settings  # noqa: E402

from conversations.models import Conversation, Message, OfferedModel, Provider  # noqa: E402
from conversations.search.upkeep import catch_up  # noqa: E402
from conversations.serving.assets import collect_if_changed  # noqa: E402
from tests.benchmarks.archive import START, fill, text  # noqa: E402
from tests.benchmarks.visits import Visitor  # noqa: E402

ROUNDS, UNCOUNTED = 40, 3
STEEPEST = 1.5
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
INDEX = "index, one message"
BARS = {**{name: bar for name, (_, bar) in PAGES.items()}, INDEX: 1}


class Taken(NamedTuple):
    """Medians in milliseconds: by the clock, and of this process alone (without a database server)."""

    wall: float
    own: float


def median(work: Callable[[], object], before: Callable[[], object] = lambda: None) -> Taken:
    walls, own = [], []
    for _ in range(ROUNDS + UNCOUNTED):
        before()
        began, busy = time.perf_counter(), time.process_time()
        work()
        walls.append((time.perf_counter() - began) * 1000)
        own.append((time.process_time() - busy) * 1000)
    return Taken(statistics.median(walls[UNCOUNTED:]), statistics.median(own[UNCOUNTED:]))


def long_talk(owner: User) -> str:
    """Forty messages, with a model that its server still offers."""
    provider = Provider.objects.create(name="Bench", base_url="http://127.0.0.1:9/v1", is_default=True)
    names = ["alpha", *(f"model-{number}" for number in range(29))]
    OfferedModel.objects.bulk_create(
        OfferedModel(provider=provider, model_id=name, position=place, listed_context=128_000)
        for place, name in enumerate(names)
    )
    conversation = Conversation.objects.create(
        owner=owner, title="Long", model="alpha", provider=provider, updated_at=START - timedelta(days=1)
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


def one_more(owner: User) -> Taken:
    """What the index costs for one saved message."""
    conversation = Conversation.objects.create(owner=owner, title="One more")
    while catch_up():
        pass
    chance = random.Random(len(owner.username))

    def save() -> None:
        Message.objects.create(conversation=conversation, role="user", content=text(chance, 100))

    return median(catch_up, before=save)


def measure(visitor: Visitor, talk: str) -> dict[str, Taken]:
    return {
        name: median(lambda address=address: visitor.get(address or talk))  # type: ignore[misc]
        for name, (address, _) in PAGES.items()
    }


def show(sizes: list[int], columns: list[dict[str, Taken]]) -> None:
    heads = "".join(f"{size:>12,}" for size in sizes)
    print(f"{connection.vendor:28}{heads}{'ratio':>8}{'bar':>6}{'own time':>10}")
    for name, last in columns[-1].items():
        ratio = last.wall / columns[0][name].wall
        walls = "".join(f"{column[name].wall:9.2f} ms" for column in columns)
        missed = " !" if last.wall > BARS[name] or ratio > STEEPEST else ""
        print(f"{name:28}{walls}{ratio:8.2f}{BARS[name]:6}{last.own:7.2f} ms{missed}")


def main(sizes: list[int]) -> None:
    call_command("migrate", verbosity=0)
    collect_if_changed()
    owner = User.objects.create_user(f"alice-{uuid.uuid4().hex[:8]}")
    talk, first, columns = long_talk(owner), 0, []
    with override_settings(ALLOWED_HOSTS=["*"]):
        visitor = Visitor(owner)
        for size in sizes:
            fill(owner, first, size)
            first = size
            columns.append({**measure(visitor, talk), INDEX: one_more(owner)})
    show(sizes, columns)
    # Threads of pages keep their connections.
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    wanted = sys.argv[1:] or os.environ.get("BENCH_CONVERSATIONS", "20000 100000").split()
    main([int(size) for size in wanted])
