"""Naming, pinning, archiving and tagging: what is mine changes, and nothing else does."""

import uuid

import pytest
from django.contrib.auth.models import User

from conversations import filing
from conversations.models import Conversation, Tag
from conversations.refusals import Invalid, NotFound


@pytest.fixture
def talk(alice: User) -> Conversation:
    return Conversation.objects.create(owner=alice, title="A talk", title_source="cut")


def names(conversation: Conversation) -> list[str]:
    return sorted(conversation.tags.values_list("name", flat=True))


def test_a_pinned_one_leaves_the_archive_and_the_other_way_round(alice: User, talk: Conversation) -> None:
    filing.archive(alice, [talk.id])
    filing.pin(alice, [talk.id])
    talk.refresh_from_db()
    assert (talk.pinned_at is not None, talk.archived_at) == (True, None)
    filing.archive(alice, [talk.id])
    talk.refresh_from_db()
    assert (talk.pinned_at, talk.archived_at is not None) == (None, True)


def test_a_title_is_one_line_and_from_now_on_a_persons(alice: User, talk: Conversation) -> None:
    filing.rename(alice, talk.id, "  **Mine** \n\u202eand only\0 ")
    talk.refresh_from_db()
    assert talk.title == "**Mine** and only\N{REPLACEMENT CHARACTER}"
    assert talk.title_source == "person"


@pytest.mark.parametrize("title", ["", " \n ", "\u200b", "x" * 201])
def test_a_title_that_is_none_changes_nothing(alice: User, talk: Conversation, title: str) -> None:
    with pytest.raises(Invalid):
        filing.rename(alice, talk.id, title)
    assert Conversation.objects.get().title == "A talk"


def test_a_tag_is_one_whatever_its_case_and_forgotten_when_unused(alice: User, talk: Conversation) -> None:
    other = Conversation.objects.create(owner=alice)
    filing.tag(alice, [talk.id, other.id], "Work")
    filing.tag(alice, [talk.id], "WORK")
    filing.tag(alice, [talk.id], "später")
    assert names(talk) == ["Work", "später"]
    filing.untag(alice, [talk.id], "work")
    assert (names(talk), names(other)) == (["später"], ["Work"])
    filing.untag(alice, [other.id], "work")
    assert [tag.name for tag in Tag.objects.all()] == ["später"]


@pytest.mark.parametrize("name", ["", "\t", "x" * 51])
def test_a_bad_tag_is_refused(alice: User, talk: Conversation, name: str) -> None:
    with pytest.raises(Invalid):
        filing.tag(alice, [talk.id], name)
    assert not Tag.objects.exists()


def test_nothing_of_somebody_else_changes(bob: User, talk: Conversation) -> None:
    before = Conversation.objects.values().get()
    for verb in (filing.pin, filing.unpin, filing.archive, filing.unarchive, filing.mark_unread):
        verb(bob, [talk.id])
    filing.tag(bob, [talk.id], "stolen")
    for place in (talk.id, uuid.uuid4()):
        with pytest.raises(NotFound):
            filing.rename(bob, place, "Mine now")
    assert Conversation.objects.values().get() == before
    assert names(talk) == []
