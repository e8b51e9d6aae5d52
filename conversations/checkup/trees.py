"""The messages of a conversation are a tree, and what is shown is one of its leaves."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from uuid import UUID

from django.db.models import F

from conversations.checkup.findings import Finding, about, named
from conversations.models import Conversation, Message

ROWS_AT_ONCE = 5000


def parents_are_in_the_same_conversation() -> Iterator[Finding]:
    apart = Message.objects.exclude(parent=None).exclude(parent__conversation=F("conversation"))
    yield from about(apart, "a message follows one of another conversation")


def the_shown_leaf_is_in_its_conversation() -> Iterator[Finding]:
    shown = Conversation.objects.exclude(active_leaf=None)
    strange = shown.exclude(active_leaf__conversation=F("pk"))
    yield from about(strange, "a conversation shows a message of another one")
    blind = Conversation.objects.filter(active_leaf=None, messages__isnull=False).distinct()
    yield from about(blind, "a conversation has messages and shows none")


def no_message_follows_itself() -> Iterator[Finding]:
    rows = Message.objects.order_by("conversation_id", "created_at")
    pairs = rows.values_list("conversation_id", "id", "parent_id").iterator(ROWS_AT_ONCE)
    round_ones = []
    for conversation, some in groupby(pairs, key=lambda row: row[0]):
        if _runs_round({row[1]: row[2] for row in some}):
            round_ones.append(str(conversation))
    if round_ones:
        yield named(
            len(round_ones), "the messages of a conversation follow each other in a circle", round_ones
        )


def _runs_round(parents: Mapping[UUID, UUID | None]) -> bool:
    """Whether some message does not lead to a beginning."""
    sound: set[UUID | None] = {None}
    for start in parents:
        path: list[UUID] = []
        at: UUID | None = start
        seen: set[UUID] = set()
        while at is not None and at not in sound and at in parents:
            if at in seen:
                return True
            seen.add(at)
            path.append(at)
            at = parents[at]
        sound.update(path)
    return False


CHECKS = (
    parents_are_in_the_same_conversation,
    the_shown_leaf_is_in_its_conversation,
    no_message_follows_itself,
)
