"""Parameters on their way: kept with the conversation, asked with, recorded, and learnt about."""

from dataclasses import replace

import pytest
from django.contrib.auth.models import User

from conversations import endings, sending
from conversations.doorbell import QUEUE
from conversations.lifecycle import House
from conversations.models import Provider
from conversations.threads import in_database
from tests.runner.asking import Asked, Watched, ask
from tests.scripted_upstream import ScriptedUpstream, finish, text

COOL = {"temperature": 0.2, "max_tokens": 50, "stop": ["END"]}
WANTED = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."


async def test_a_conversations_parameters_are_asked_with_and_recorded(
    house: House, alice: User, provider: Provider, upstream: ScriptedUpstream
) -> None:
    asked = await ask(house, alice, parameters=COOL)
    message, generation = await asked.ended()
    body = upstream.request(0).body
    assert {name: body.get(name) for name in COOL} == COOL
    assert "reasoning_effort" not in body
    assert message.parameters == generation.parameters == COOL
    assert asked.sent.conversation.parameters == COOL


async def test_other_parameters_leave_past_answers_as_they_are(
    house: House, alice: User, provider: Provider, upstream: ScriptedUpstream
) -> None:
    first = await ask(house, alice, parameters=COOL)
    await first.ended()
    conversation = first.sent.conversation
    conversation.parameters = {"temperature": 0}
    await conversation.asave()
    again = Asked(house, await in_database(sending.retry, alice, conversation.id, first.message_id))
    house.doorbell.ring(QUEUE)
    second, _ = await again.ended()
    assert second.parameters == {"temperature": 0}
    assert (await first.rows())[0].parameters == COOL
    assert "max_tokens" not in upstream.request(1).body


async def test_the_other_name_of_max_tokens_is_remembered(
    house: House, alice: User, provider: Provider, upstream: ScriptedUpstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember = Watched(monkeypatch, endings, "remember_endpoint")
    upstream.refuse(400, {"error": {"message": WANTED, "param": "max_tokens"}})
    upstream.script(steps=[text("Fine."), finish()])
    message, generation = await (await ask(house, alice, parameters=COOL)).ended()
    assert (message.content, message.status, generation.attempts) == ("Fine.", "complete", 2)
    await remember.until(lambda watched: len(watched.results) == 1)
    await provider.arefresh_from_db()
    assert (provider.max_completion_tokens, provider.stream_options) == (False, True)
    await (await ask(house, alice, parameters=COOL)).ended()
    assert upstream.request(2).body["max_completion_tokens"] == 50
    # Behind the same address, another model may know the old name only.
    await (await ask(house, alice, parameters=COOL, model="beta")).ended()
    assert ["max_tokens" in request.body for request in upstream.requests] == [True, False, False, True]


def test_two_answers_at_a_time_forget_nothing_of_what_each_has_learnt(provider: Provider) -> None:
    asked = provider.endpoint
    endings.remember_endpoint(provider.pk, "alpha", asked, replace(asked, stream_options=False))
    endings.remember_endpoint(provider.pk, "alpha", asked, replace(asked, developer_role=False))
    endings.remember_endpoint(provider.pk, "unlisted", asked, replace(asked, max_completion_tokens=True))
    provider.refresh_from_db()
    learnt = (provider.stream_options, provider.developer_role, provider.max_completion_tokens)
    assert learnt == (False, False, True)
