"""Each rule that rows must keep: kept by what the program makes, and seen when it is broken."""

from collections.abc import Callable
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.utils import timezone

from conversations.checkup import look_over
from conversations.models import (
    Conversation,
    Generation,
    GenerationEvent,
    Import,
    ImportPart,
    Message,
    Passage,
    UsageRollup,
)
from conversations.search.upkeep import catch_up_for
from conversations.usage import fold
from tests.transfer.test_archive import make


@pytest.fixture
def talk(alice: User) -> Conversation:
    talk = make(alice, "Tides")
    ended = {"status": "complete", "ended_at": timezone.now(), "total_tokens": 7, "user_name": "alice"}
    Generation.objects.create(conversation=talk, message=talk.active_leaf, user=alice, **ended)
    fold()
    catch_up_for(5)
    return talk


def other(talk: Conversation) -> Conversation:
    made = make(talk.owner, "Another")
    catch_up_for(5)
    return made


def mix_trees(talk: Conversation) -> None:
    Message.objects.filter(conversation=other(talk)).update(parent=talk.active_leaf_id)


def go_round(talk: Conversation) -> None:
    first = talk.thread()[0]
    Message.objects.filter(pk=first.pk).update(parent=talk.active_leaf_id)


def show_another(talk: Conversation) -> None:
    Conversation.objects.filter(pk=talk.pk).update(active_leaf=other(talk).active_leaf_id)


def show_nothing(talk: Conversation) -> None:
    Conversation.objects.filter(pk=talk.pk).update(active_leaf=None)


def differ(talk: Conversation) -> None:
    Message.objects.filter(conversation=talk, model="alpha").update(status="failed")
    catch_up_for(5)


def wait_for_nobody(talk: Conversation) -> None:
    Message.objects.create(conversation=talk, role="assistant", status="queued")


def leave_a_log(talk: Conversation) -> None:
    GenerationEvent.objects.create(generation=Generation.objects.get(), seq_from=1, seq_to=1)


def forget_words(talk: Conversation) -> None:
    Passage.objects.filter(message=talk.active_leaf_id).delete()


def index_for_another(talk: Conversation) -> None:
    Passage.objects.update(owner=User.objects.create_user("mallory"))


def leave_a_part(talk: Conversation) -> None:
    done = Import.objects.create(owner=talk.owner, status="done")
    ImportPart.objects.create(source=done, number=0, data=b"x")


def add_wrongly(talk: Conversation) -> None:
    UsageRollup.objects.filter(axis="total").update(total=8)


def end_without_time(talk: Conversation) -> None:
    Generation.objects.create(status="failed", purpose="probe")


@pytest.mark.parametrize(
    ("breaks", "words"),
    [
        (mix_trees, "follows one of another conversation"),
        (go_round, "in a circle"),
        (show_another, "shows a message of another one"),
        (show_nothing, "has messages and shows none"),
        (differ, "differ in status"),
        (wait_for_nobody, "nobody was asked"),
        (leave_a_log, "the log of an answer"),
        (forget_words, "not in the search index"),
        (index_for_another, "another owner"),
        (leave_a_part, "part of an imported file"),
        (add_wrongly, "rebuildusage"),
        (end_without_time, "does not say when"),
    ],
)
def test_a_broken_rule_is_named(talk: Conversation, breaks: Callable[[Any], None], words: str) -> None:
    breaks(talk)
    assert [finding for finding in look_over() if words in finding]


def test_what_the_program_makes_keeps_them_all(talk: Conversation) -> None:
    assert list(look_over()) == []
    said = StringIO()
    call_command("checkdata", stdout=said)
    assert "Everything is in order" in said.getvalue()


def test_the_command_says_so_and_fails(talk: Conversation) -> None:
    leave_a_part(talk)
    said = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("checkdata", stderr=said)
    assert ended.value.code == 1
    assert "1 times: a part of an imported file is still there" in said.getvalue()


def test_growth_counts_bytes_for_each_person_and_month(talk: Conversation, bob: User) -> None:
    make(bob, "Waves", answer="ä" * 1000)
    long_ago = make(bob, "Imported", answer="old")
    Message.objects.filter(conversation=long_ago).update(created_at=datetime(2021, 5, 1, tzinfo=UTC))
    said = StringIO()
    call_command("growth", csv=True, stdout=said)
    heads, first, second, third = said.getvalue().split()
    assert heads == "person,month,conversations,messages,text_bytes"
    month = f"{timezone.localdate():%Y-%m}"
    assert first == f"bob,{month},1,3,{len('Hello?') + 2000 + len('Another branch')}"
    assert second.startswith(f"alice,{month},1,3,")
    assert third == f"bob,earlier,1,3,{len('Hello?old') + len('Another branch')}"
    said = StringIO()
    call_command("growth", months=1, stdout=said)
    assert "bob" in said.getvalue()
