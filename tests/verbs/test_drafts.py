"""What is typed is kept on the server until it is sent."""

import uuid

import pytest
from django.contrib.auth.models import User

from conversations import sending
from conversations.drafts import draft_of, save_draft
from conversations.limits import MAX_MESSAGE_BYTES
from conversations.models import Draft, Provider
from conversations.refusals import NotFound, TooLarge
from tests.verbs.endings import ended


def test_a_draft_is_kept_for_each_conversation_and_for_a_new_one(
    alice: User, bob: User, provider: Provider
) -> None:
    sent = ended(alice)
    save_draft(alice, None, "New\r\none")
    for content in ("O", "Old"):
        save_draft(alice, sent.conversation.id, content)
    save_draft(bob, None, "Bob's")
    assert draft_of(alice, None) == "New\none"
    assert draft_of(alice, sent.conversation) == "Old"
    assert draft_of(bob, None) == "Bob's"
    save_draft(alice, None, "")
    assert draft_of(alice, None) == ""
    assert Draft.objects.count() == 2


def test_sending_the_draft_clears_it(alice: User, provider: Provider) -> None:
    save_draft(alice, None, "One")
    sent = ended(alice)
    assert draft_of(alice, None) == ""
    save_draft(alice, sent.conversation.id, "Two")
    assert sending.send(alice, sent.conversation.id, content="Two").draft_cleared
    assert draft_of(alice, sent.conversation) == ""


def test_so_does_sending_what_was_typed_on_from_it(alice: User, provider: Provider) -> None:
    save_draft(alice, None, "Hello\n")
    sending.start_conversation(alice, content="Hello, who is there?")
    assert draft_of(alice, None) == ""


def test_what_was_typed_meanwhile_stays(alice: User, provider: Provider) -> None:
    sent = ended(alice)
    save_draft(alice, sent.conversation.id, "Two and more")
    assert not sending.send(alice, sent.conversation.id, content="Two").draft_cleared
    assert draft_of(alice, sent.conversation) == "Two and more"


def test_a_refused_message_stays_a_draft(alice: User, provider: Provider, limits: dict[str, int]) -> None:
    sent = ended(alice)
    save_draft(alice, sent.conversation.id, "Two")
    Provider.objects.update(enabled=False)
    with pytest.raises(Exception, match="No language model"):
        sending.send(alice, sent.conversation.id, content="Two")
    assert draft_of(alice, sent.conversation) == "Two"


def test_a_foreign_conversation_and_too_much_text_are_refused(
    alice: User, bob: User, provider: Provider
) -> None:
    sent = ended(alice)
    for conversation_id in (sent.conversation.id, uuid.uuid4()):
        with pytest.raises(NotFound):
            save_draft(bob, conversation_id, "x")
    with pytest.raises(TooLarge):
        save_draft(alice, None, "x" * (MAX_MESSAGE_BYTES + 1))
    assert not Draft.objects.exists()
