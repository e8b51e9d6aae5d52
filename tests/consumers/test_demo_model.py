"""When the model on this machine dies, the page says that, and not that some address broke off."""

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import User

from conversations import lifecycle
from conversations.localmodel import LocalModel, State
from conversations.models import Provider
from conversations.stream import MODEL_DIED
from tests.consumers.test_answer import conversation_of
from tests.scripted_upstream import ScriptedUpstream, hang_up, text
from tests.sockets import Page


@pytest.mark.parametrize("here", [True, False])
async def test_only_the_model_of_this_machine_is_said_to_have_died(
    house: lifecycle.House,
    alice: User,
    provider: Provider,
    upstream: ScriptedUpstream,
    monkeypatch: pytest.MonkeyPatch,
    *,
    here: bool,
) -> None:
    address = upstream.base_url if here else "http://127.0.0.1:9/v1"
    monkeypatch.setattr(LocalModel, "current", SimpleNamespace(address=address, state=State.READY))
    upstream.script(model="alpha", steps=[text("Half an ans"), hang_up()])
    conversation = await conversation_of(alice)
    page = await Page.open(alice, conversation.id)
    await page.ask("Whole?")
    done = await page.until("message.done")
    assert (done["status"], done["content"]) == ("interrupted", "Half an ans")
    assert (done["error"] == MODEL_DIED) is here
    assert done["error"]
