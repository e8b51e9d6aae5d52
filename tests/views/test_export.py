"""Downloads of a conversation: every branch as JSON, the shown one as Markdown."""

import json

from django.contrib.auth.models import User
from django.test import Client

from conversations import sending
from conversations.models import AuditEntry, Generation, GenerationEvent, Message, Provider

MESSAGE_FIELDS = [
    "id",
    "parent",
    "role",
    "content",
    "reasoning",
    "refusal",
    "tool_calls",
    "model",
    "parameters",
    "status",
    "finish_reason",
    "error",
    "usage",
    "ttft_ms",
    "duration_ms",
    "created_at",
]


def two_branches(user: User) -> sending.Sent:
    sent = sending.start_conversation(user, content="Tides?\x1b[31m")
    usage = {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3, "source": "reported"}
    Message.objects.filter(pk=sent.answer.pk).update(
        status="complete", content="Yes.", finish_reason="stop", usage=usage, ttft_ms=12, duration_ms=34
    )
    Generation.objects.update(status="complete")
    other = sending.retry(user, sent.conversation.id, sent.answer.id)
    Message.objects.filter(pk=other.answer.pk).update(status="failed", error="No such model.")
    return sent


def test_json_holds_every_branch(as_alice: Client, alice: User, provider: Provider) -> None:
    sent = two_branches(alice)
    response = as_alice.get(f"/conversations/{sent.conversation.id}/export.json")
    content = json.loads(response.content)
    assert {"id", "title", "model", "created_at", "messages", "active"} <= content.keys()
    question, first, second = content["messages"]
    assert list(question) == MESSAGE_FIELDS
    assert first["parent"] == second["parent"] == question["id"]
    assert (first["usage"]["source"], first["ttft_ms"], first["finish_reason"]) == ("reported", 12, "stop")
    assert (second["status"], second["error"], second["usage"]) == ("failed", "No such model.", None)
    assert content["active"] == second["id"]
    assert content["created_at"].endswith("Z")
    assert 'filename="tides' in response["Content-Disposition"]
    assert response["X-Content-Type-Options"] == "nosniff"


def test_json_of_a_running_answer_holds_its_text_so_far(
    as_alice: Client, alice: User, provider: Provider
) -> None:
    sent = sending.start_conversation(alice, content="Tides?")
    GenerationEvent.objects.create(
        generation=Generation.objects.get(), seq_from=1, seq_to=3, content="So f", reasoning="Hm"
    )
    content = json.loads(as_alice.get(f"/conversations/{sent.conversation.id}/export.json").content)
    assert (content["messages"][1]["content"], content["messages"][1]["reasoning"]) == ("So f", "Hm")
    assert content["messages"][1]["status"] == "queued"


def test_markdown_holds_what_is_shown(as_alice: Client, alice: User, provider: Provider) -> None:
    sent = two_branches(alice)
    text = as_alice.get(f"/conversations/{sent.conversation.id}/export.md").content.decode()
    assert "## User" in text
    assert "*failed: No such model.*" in text
    assert "\x1b" not in text


def test_a_message_is_copied_as_it_was_written(
    as_alice: Client, as_bob: Client, alice: User, provider: Provider
) -> None:
    sent = sending.start_conversation(alice, content="**Why?** <b>")
    assert sent.question is not None
    address = f"/conversations/{sent.conversation.id}/messages/{sent.question.id}/text/"
    response = as_alice.get(address)
    assert (response.content.decode(), response["Content-Type"]) == (
        "**Why?** <b>",
        "text/plain; charset=utf-8",
    )
    assert not AuditEntry.objects.filter(kind=AuditEntry.Kind.EXPORT).exists()
    assert as_bob.get(address).status_code == 404
    assert as_alice.get(address.replace(str(sent.question.id), str(sent.conversation.id))).status_code == 404
    assert as_alice.post(address).status_code == 405
