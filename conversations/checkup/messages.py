"""An answer and its request agree, what has ended has left nothing behind, and the search finds all of it."""

from collections.abc import Iterator

from django.db import IntegrityError, connection
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery

from conversations.checkup.findings import Finding, about, named
from conversations.models import (
    Conversation,
    Generation,
    GenerationEvent,
    Import,
    ImportPart,
    Message,
    Passage,
)
from conversations.models import Unindexed as Waiting
from conversations.models.status import FINAL, RUNNING
from conversations.search.words import words_of

_OF_ANSWERS = ("answer", "continue", "retry")


def references_lead_somewhere() -> Iterator[Finding]:
    try:
        connection.check_constraints()
    except IntegrityError as error:
        yield Finding(f"A row refers to one that is not there: {error}")


def one_answer_runs_in_a_conversation() -> Iterator[Finding]:
    running = Count("messages", filter=Q(messages__status__in=RUNNING))
    yield from about(
        Conversation.objects.alias(at_once=running).filter(at_once__gt=1), "several answers run at once"
    )


def an_answer_and_its_request_wear_the_same_status() -> Iterator[Finding]:
    requests = Generation.objects.filter(message=OuterRef("pk"), purpose__in=_OF_ANSWERS)
    last = Subquery(requests.order_by("-first_seq", "-created_at").values("status")[:1])
    asked = Message.objects.filter(role=Message.Role.ASSISTANT).alias(last=last).exclude(last=None)
    yield from about(asked.exclude(last=F("status")), "an answer and its last request differ in status")
    unasked = Message.objects.running().filter(~Exists(requests))
    yield from about(unasked, "an answer is waited for that nobody was asked for")


def what_has_ended_has_no_log() -> Iterator[Finding]:
    events = GenerationEvent.objects.filter(generation__status__in=FINAL)
    yield from about(events, "the log of an answer that has ended is still there")


def what_was_said_can_be_found() -> Iterator[Finding]:
    """Where a text has words; what has just been written may still wait."""
    strange = Passage.objects.exclude(owner=F("conversation__owner"))
    yield from about(strange, "an entry of the search index has another owner than its conversation")
    waiting = Waiting.objects.filter(message_id=OuterRef("pk"))
    indexed = Passage.objects.filter(message=OuterRef("pk"))
    ended = Message.objects.filter(role__in=("user", "assistant"), status__in=FINAL)
    missing = ended.filter(~Exists(indexed), ~Exists(waiting)).values_list("pk", "content", "refusal")
    lost = [str(pk) for pk, content, refusal in missing.iterator(500) if words_of(content or refusal)]
    if lost:
        yield named(len(lost), "a message is not in the search index", lost)


def files_go_when_they_are_read() -> Iterator[Finding]:
    left = ImportPart.objects.exclude(source__status__in=Import.OPEN)
    yield from about(left, "a part of an imported file is still there")


CHECKS = (
    references_lead_somewhere,
    one_answer_runs_in_a_conversation,
    an_answer_and_its_request_wear_the_same_status,
    what_has_ended_has_no_log,
    what_was_said_can_be_found,
    files_go_when_they_are_read,
)
