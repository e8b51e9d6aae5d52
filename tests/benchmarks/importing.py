"""A large export comes in: conversations a second, and the memory that it takes.

    python -m tests.benchmarks.importing [conversations]      (default 5000)

On SQLite, or beside `python -m tests.servers --` on PostgreSQL. Each conversation has six messages; the file
is checked and read as in the background, in steps.
"""

# First: nothing of the environment reaches what is measured.
import tests.environment  # noqa: F401  # isort: skip

import io
import json
import os
import sys
import time
import uuid
from collections.abc import Iterator

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsite.settings")
django.setup()

import psutil  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from conversations import importing  # noqa: E402
from conversations.importing import work  # noqa: E402
from conversations.models import Conversation, Import, Message  # noqa: E402
from tests.benchmarks.rows import HEADINGS, Row  # noqa: E402
from tests.transfer.exports import BEGAN, chatgpt, message, node  # noqa: E402

# Milliseconds for one conversation: 500 a second.
BAR = 2.0
MEBIBYTE = 2**20

# SQLite works in our process: its time of the processor is what counts, whatever else this machine does.
clock = time.process_time if connection.vendor == "sqlite" else time.perf_counter


def conversations(number: int) -> Iterator[bytes]:
    for each in range(number):
        nodes = [node("0", None, None)]
        for turn in range(1, 7):
            role = "assistant" if turn % 2 == 0 else "user"
            words = message(role, f"Sentence {turn} of {each}, neither short nor long. " * 8, BEGAN + turn)
            nodes.append(node(str(turn), str(turn - 1), words))
        yield json.dumps(chatgpt(*nodes, name=str(each))).encode()


def main(number: int) -> None:
    call_command("migrate", verbosity=0)
    owner = User.objects.create_user(f"alice-{uuid.uuid4().hex[:8]}")
    data = b"[" + b",".join(conversations(number)) + b"]"
    size = len(data)
    brought = importing.receive(owner, io.BytesIO(data), "conversations.json", size)
    del data
    claimed = work.claim("benchmark")
    assert claimed == brought, "the file is large enough to be read in the background"
    memory = psutil.Process().memory_info
    before, most, begun = memory().rss, 0, clock()
    for _ in work.steps(claimed):
        most = max(most, memory().rss)
    taken = clock() - begun
    brought.refresh_from_db()
    assert (brought.status, brought.added) == (Import.Status.DONE, number)
    assert Conversation.objects.of(owner).count() * 6 == Message.objects.count()
    print(f"{connection.vendor}: {number:,} conversations, {size / MEBIBYTE:.0f} MiB")
    print(HEADINGS)
    rows = [
        Row("one conversation, taken in", "ms", taken * 1000 / number, bar=BAR),
        Row("more memory than before", "MiB", (most - before) / MEBIBYTE, bar=60),
    ]
    print(*rows, sep="\n")
    sys.exit(not all(row.passes for row in rows))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000)
