"""Reading a person's conversation: with a reason, for half an hour, in the log, before its owner's eyes."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.utils import timezone

from conversations.models import AuditEntry, Conversation, Message, Reading

SECRET = "my-secret-diary"
REASON = "The law asks us to <look> at this one."


@pytest.fixture
def diary(alice: User) -> Conversation:
    conversation = Conversation.objects.create(owner=alice, title=SECRET)
    question = Message.objects.create(conversation=conversation, role="user", content=SECRET)
    answer = Message.objects.create(
        conversation=conversation, parent=question, role="assistant", content=f"**{SECRET}**"
    )
    conversation.active_leaf = answer
    conversation.save()
    return conversation


def page_of(conversation: Conversation) -> str:
    return f"/admin/reading/{conversation.pk}/"


def test_without_a_reason_nothing_is_shown(diary: Conversation, as_admin: Client) -> None:
    assert SECRET not in as_admin.get(page_of(diary)).content.decode()
    for reason in ("", "because", " " * 40):
        response = as_admin.post(page_of(diary), {"reason": reason})
        assert response.status_code == 400
        assert SECRET not in response.content.decode()
    assert not Reading.objects.exists()


def test_with_a_reason_it_is_open_for_half_an_hour(diary: Conversation, as_admin: Client) -> None:
    assert as_admin.post(page_of(diary), {"reason": REASON}).status_code == 302
    page = as_admin.get(page_of(diary)).content.decode()
    assert f"<strong>{SECRET}</strong>" in page
    Reading.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert SECRET not in as_admin.get(page_of(diary)).content.decode()


def test_half_an_hour_is_half_an_hour(diary: Conversation, as_admin: Client) -> None:
    as_admin.post(page_of(diary), {"reason": REASON})
    reading = Reading.objects.get()
    assert reading.until - reading.created_at == timedelta(minutes=30)


def test_it_is_in_the_log_and_the_owner_sees_it(
    diary: Conversation, as_admin: Client, as_alice: Client, as_bob: Client
) -> None:
    as_admin.post(page_of(diary), {"reason": REASON})
    entry = AuditEntry.objects.get(kind="reading")
    assert (entry.actor_name, entry.about, entry.detail) == ("admin", f"conversation {diary.pk}", REASON)
    for page in (diary.get_absolute_url(), "/account/usage/"):
        shown = as_alice.get(page).content.decode()
        assert "The law asks us to &lt;look&gt; at this one." in shown
        assert "administrator admin" in shown
    assert "The law" not in as_bob.get("/account/usage/").content.decode()


def test_one_leave_is_for_one_conversation_and_one_reader(
    diary: Conversation, alice: User, as_admin: Client
) -> None:
    as_admin.post(page_of(diary), {"reason": REASON})
    other = Conversation.objects.create(owner=alice, title=SECRET)
    assert SECRET not in as_admin.get(page_of(other)).content.decode()
    second = Client()
    second.force_login(User.objects.create_superuser("second"))
    assert SECRET not in second.get(page_of(diary)).content.decode()


def test_it_needs_the_right(diary: Conversation, client: Client, bob: User, as_bob: Client) -> None:
    assert client.post(page_of(diary), {"reason": REASON}).status_code == 302
    bob.is_staff = True
    bob.save()
    assert as_bob.post(page_of(diary), {"reason": REASON}).status_code == 403
    bob.user_permissions.add(Permission.objects.get(codename="read_conversations"))
    assert as_bob.post(page_of(diary), {"reason": REASON}).status_code == 302


def test_the_owner_sees_it_after_the_conversation_is_gone(
    diary: Conversation, as_admin: Client, as_alice: Client
) -> None:
    as_admin.post(page_of(diary), {"reason": REASON})
    diary.delete()
    assert "The law asks" in as_alice.get("/account/usage/").content.decode()
    assert as_admin.get(page_of(diary)).status_code == 404
