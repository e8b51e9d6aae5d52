"""How an answer ended, on the page and in both exports."""

import json

import pytest
from django.contrib.auth.models import User
from django.test import Client

from conversations import sending
from conversations.models import Generation, Message, Provider


@pytest.mark.parametrize(
    ("fields", "page_says", "markdown_says"),
    [
        ({"finish_reason": "length"}, "Cut off at the limit", "*cut off: length*"),
        (
            {"finish_reason": "content_filter"},
            "Cut off by a filter",
            "*cut off: content_filter*",
        ),
        (
            {"finish_reason": "stop", "refusal": "I cannot."},
            "The model refused:</strong> I cannot.",
            "I cannot.",
        ),
        (
            {"status": "failed", "error": "No <b>power</b>."},
            "No &lt;b&gt;power&lt;/b&gt;.",
            "*failed: No <b>power</b>.*",
        ),
    ],
)
def test_an_outcome_is_said_everywhere(
    as_alice: Client,
    alice: User,
    provider: Provider,
    fields: dict[str, str],
    page_says: str,
    markdown_says: str,
) -> None:
    sent = sending.start_conversation(alice, content="Hello")
    rows = Message.objects.filter(pk=sent.answer.pk)
    rows.update(**{"status": "complete", "content": "So far", **fields})
    Generation.objects.update(status="complete")
    address = sent.conversation.get_absolute_url()
    assert page_says in as_alice.get(address).content.decode()
    markdown = as_alice.get(f"{address}export.md").content.decode()
    assert "So far" in markdown
    assert markdown_says in markdown
    exported = json.loads(as_alice.get(f"{address}export.json").content)["messages"][-1]
    assert {name: exported[name] for name in fields} == fields
