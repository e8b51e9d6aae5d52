"""The administration shows numbers, never what people wrote."""

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conversations.models import Conversation, Generation, GenerationEvent, Message, SetupToken
from tests.usage.rows import spent

SECRET = "my-secret-diary"


@pytest.fixture
def diary(alice: User) -> Conversation:
    """A conversation of which every text says the secret."""
    conversation = Conversation.objects.create(owner=alice, title=SECRET, system_prompt=SECRET)
    question = Message.objects.create(conversation=conversation, role="user", content=SECRET)
    answer = Message.objects.create(
        conversation=conversation,
        parent=question,
        role="assistant",
        status="failed",
        content=SECRET,
        reasoning=SECRET,
        refusal=SECRET,
        error=SECRET,
        tool_calls=[{"arguments": SECRET}],
    )
    row = spent(alice, conversation=conversation, message=answer, status="failed", error=f"Bad: {SECRET}")
    GenerationEvent.objects.create(generation=row, seq_from=1, seq_to=2, content=SECRET, reasoning=SECRET)
    SetupToken.objects.create(digest=SECRET)
    return conversation


def addresses(conversation: Conversation) -> list[str]:
    rows = {
        "conversation": conversation,
        "message": conversation.messages.get(role="assistant"),
        "generation": Generation.objects.get(),
        "generationevent": GenerationEvent.objects.get(),
        "setuptoken": SetupToken.objects.get(),
    }
    pages = [
        "/admin/",
        "/admin/usage/",
        "/admin/auth/user/",
        f"/admin/auth/user/{conversation.owner_id}/change/",
    ]
    pages.append(f"/admin/auth/user/{conversation.owner_id}/delete/")
    for name, row in rows.items():
        base = f"/admin/conversations/{name}/"
        pages += [base, f"{base}{row.pk}/change/", f"{base}{row.pk}/history/"]
    return pages


def test_no_page_shows_a_text(diary: Conversation, as_admin: Client) -> None:
    for page in addresses(diary):
        response = as_admin.get(page)
        assert response.status_code == 200, page
        assert SECRET not in response.content.decode(), page


def test_lists_do_not_even_read_the_texts(diary: Conversation, as_admin: Client) -> None:
    for name in ("conversation", "message", "generationevent"):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            as_admin.get(f"/admin/conversations/{name}/")
        said = " ".join(query["sql"] for query in queries)
        assert not [column for column in ("content", "title", "system_prompt") if f'."{column}"' in said], (
            name
        )


def test_a_search_does_not_answer_what_is_in_a_text(diary: Conversation, as_admin: Client) -> None:
    for name in ("conversation", "message", "generation", "generationevent"):
        page = as_admin.get(f"/admin/conversations/{name}/?q={SECRET[:6]}").content.decode()
        assert f"/admin/conversations/{name}/{diary.pk}" not in page
        assert "0 results" in page, name


@pytest.mark.parametrize("field", ["content", "title", "conversation__title", "error"])
def test_a_filter_in_the_address_does_not_answer_either(
    diary: Conversation, as_admin: Client, field: str
) -> None:
    for name in ("conversation", "message", "generation"):
        response = as_admin.get(f"/admin/conversations/{name}/?{field}__startswith={SECRET[:3]}")
        assert response.status_code in {302, 400}, (name, field)


@pytest.mark.parametrize("name", ["conversation", "message", "generation", "generationevent", "owner"])
def test_rows_are_not_added_changed_or_deleted(diary: Conversation, as_admin: Client, name: str) -> None:
    base = f"/admin/conversations/{name}/"
    assert as_admin.get(f"{base}add/").status_code == 403
    for page in addresses(diary):
        if page.startswith(base) and page.endswith("change/"):
            assert as_admin.post(page, {"title": "x", "status": "complete"}).status_code == 403
            assert as_admin.post(page.replace("change", "delete"), {"post": "yes"}).status_code == 403
    as_admin.post(base, {"action": "delete_selected", "_selected_action": str(diary.pk)})
    assert Conversation.objects.get().title == SECRET
    assert Generation.objects.count() == 1


def test_deleting_a_person_says_how_much_goes_and_keeps_the_ledger(
    diary: Conversation, as_admin: Client
) -> None:
    page = f"/admin/auth/user/{diary.owner_id}/delete/"
    said = as_admin.get(page).content.decode()
    assert "Conversations: 1" in said
    assert as_admin.post(page, {"post": "yes"}).status_code == 302
    assert not Conversation.objects.exists()
    assert Generation.objects.get().user_name == "alice"


def test_staff_who_may_see_people_see_no_more(diary: Conversation, bob: User, as_bob: Client) -> None:
    bob.is_staff = True
    bob.save()
    bob.user_permissions.add(Permission.objects.get(codename="view_user"))
    assert as_bob.get("/admin/auth/user/").status_code == 200
    assert as_bob.get("/admin/conversations/conversation/").status_code == 403
