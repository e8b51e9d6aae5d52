"""Reasoning, refusals, tool calls and errors have a form of their own in the page."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from conversations.models import Provider
from conversations.templatetags.answers import whole_seconds
from tests.browser.conftest import make_talk


@pytest.mark.parametrize(
    ("milliseconds", "words"), [(None, "Reasoning"), (3_600, "Thought for 4 s"), (20, "Thought for 1 s")]
)
def test_reasoning_is_folded_away_with_its_duration(
    as_alice: Client, alice: User, provider: Provider, milliseconds: int | None, words: str
) -> None:
    talk = make_talk(alice, [("Why?", "Because.")])
    talk.messages.filter(role="assistant").update(reasoning="<b>Hm</b>", reasoning_ms=milliseconds)
    html = as_alice.get(talk.get_absolute_url()).content.decode()
    assert '<details class="reasoning" data-reasoning>' in html
    assert f"<summary>{words}</summary>" in html
    assert "&lt;b&gt;Hm&lt;/b&gt;" in html


def test_long_reasoning_is_counted_in_minutes() -> None:
    assert whole_seconds(125_400) == "2 min 5 s"


def test_refusals_tools_and_errors_are_told_apart(as_alice: Client, alice: User, provider: Provider) -> None:
    talk = make_talk(alice, [("Why?", "")])
    talk.messages.filter(role="assistant").update(
        status="failed",
        refusal="I will <i>not</i>.",
        error="The server <u>broke</u>.",
        tool_calls=[{"name": "<s>f</s>", "arguments": '{"a": "<em>"}'}],
    )
    html = as_alice.get(talk.get_absolute_url()).content.decode()
    assert "I will &lt;i&gt;not&lt;/i&gt;." in html[html.index("message__refusal") :]
    assert "The server &lt;u&gt;broke&lt;/u&gt;." in html[html.index("message__error") :]
    assert "&lt;s&gt;f&lt;/s&gt;" in html[html.index("message__tool") :]
    assert "&lt;em&gt;" in html
