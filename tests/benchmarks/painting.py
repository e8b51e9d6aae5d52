"""The conversation page in a process that has made none: the first visit, later ones, and a very long one.

python -m tests.benchmarks.painting      milliseconds of the processor: cold, warm, 2,000 messages cold
"""

# First: nothing of the environment reaches what is measured.
import tests.environment  # noqa: F401  # isort: skip

import os
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsite.settings")
django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import Client, override_settings  # noqa: E402

from conversations.models import Conversation, Message  # noqa: E402
from conversations.serving.assets import collect_if_changed  # noqa: E402
from tests.rendering.answers import BINARY_SEARCH  # noqa: E402

ROUNDS = 8


def talk(owner: User, messages: int) -> Conversation:
    """Every second message is an answer with a block of code."""
    code = BINARY_SEARCH[: BINARY_SEARCH.index("1. First")]
    made = Conversation.objects.create(owner=owner, title="Long", model="alpha")
    rows: list[Message] = []
    for turn in range(messages // 2):
        leaf = rows[-1] if rows else None
        asked = Message(conversation=made, parent=leaf, role="user", content=f"Question {turn}?")
        answer = Message(
            conversation=made, parent=asked, role="assistant", content=f"Answer {turn}.\n\n{code}"
        )
        rows += [asked, answer]
    Message.objects.bulk_create(rows)
    made.active_leaf = rows[-1]
    made.save()
    return made


def visit(client: Client, address: str) -> float:
    begun = time.process_time()
    assert client.get(address).status_code == 200
    return (time.process_time() - begun) * 1000


def main() -> None:
    call_command("migrate", verbosity=0)
    collect_if_changed()
    alice = User.objects.create_user("alice")
    short, long = (talk(alice, messages).get_absolute_url() for messages in (40, 2_000))
    client = Client()
    client.force_login(alice)
    with override_settings(ALLOWED_HOSTS=["*"]):
        # What `serve` has done before its first page, and every browser before its first conversation.
        client.get("/")
        cold = visit(client, short)
        warm = min(visit(client, short) for _ in range(ROUNDS))
        print(cold, warm, visit(client, long))


if __name__ == "__main__":
    main()
