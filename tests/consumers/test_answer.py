"""Asking through the socket: the answer streams to every page and is saved as it was shown."""

import uuid

from asgiref.sync import sync_to_async
from django.contrib.auth.models import User

from conversations import lifecycle, sending
from conversations.models import Conversation, Generation, GenerationEvent, Message, Provider
from conversations.models.writing import writing
from tests.scripted_upstream import ScriptedUpstream, finish, hang_up, text, wait_for
from tests.sockets import Page, in_thread


async def conversation_of(user: User) -> Conversation:
    """One with a first answer that has ended."""

    def make() -> Conversation:
        # No runner may see it before it is stopped.
        with writing():
            sent = sending.start_conversation(user, content="Hello")
            sending.stop(user, sent.conversation.id, sent.answer.id)
        return sent.conversation

    return await sync_to_async(make)()


async def test_an_answer_streams_as_it_comes(
    house: lifecycle.House, alice: User, provider: Provider, upstream: ScriptedUpstream
) -> None:
    upstream.script(
        model="alpha",
        steps=[text("The tide "), wait_for("go"), text("turns."), finish("stop", usage=(7, 3))],
    )
    conversation = await conversation_of(alice)
    page = await Page.open(alice, conversation.id)
    hello = await page.until("hello")
    assert (hello.pop("active_status"), hello.pop("active_seq")) == ("stopped", 0)
    assert hello == {
        "type": "hello",
        "conversation": str(conversation.id),
        "active": str(conversation.active_leaf_id),
        "running": [],
        "queued": [],
        "draft": "",
    }
    client_id = await page.ask("Does it?")
    question = (await page.until("message.created"))["message"]
    answer = (await page.until("message.created"))["message"]
    assert (question["role"], answer["role"]) == ("user", "assistant")
    assert question["client_id"] == client_id
    assert answer["parent"] == question["id"]
    assert question["id"] in question["html"]
    await page.until_text(answer["id"], "The tide ")
    upstream.release("go")
    done = await page.until("message.done")
    assert (done["content"], done["status"], done["finish_reason"]) == ("The tide turns.", "complete", "stop")
    usage = {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10, "source": "reported"}
    assert done["usage"] == usage


async def test_what_was_streamed_is_what_is_saved(
    house: lifecycle.House, alice: User, provider: Provider, upstream: ScriptedUpstream
) -> None:
    upstream.script(model="alpha", steps=[text("The tide turns."), finish("stop", usage=(7, 3))])
    conversation = await conversation_of(alice)
    page = await Page.open(alice, conversation.id)
    await page.ask("Does it?")
    done = await page.until("message.done")
    saved = await Message.objects.aget(pk=done["message"])
    assert (saved.content, saved.status, saved.last_seq) == ("The tide turns.", "complete", done["seq"])
    row = await Generation.objects.aget(message=saved)
    assert (row.status, row.finish_reason, row.total_tokens, row.source) == (
        "complete",
        "stop",
        10,
        "reported",
    )
    assert row.ttft_ms is not None
    assert row.duration_ms is not None
    assert row.duration_ms >= row.ttft_ms
    assert row.attempts == 1
    assert not await GenerationEvent.objects.aexists()
    seen = await in_thread(upstream.request, 0)
    assert seen.body["stream_options"] == {"include_usage": True}
    assert seen.body["messages"][-1] == {"role": "user", "content": "Hello\n\nDoes it?"}
    assert len(house.feeds) == 0
    await page.leave()


async def test_finished_blocks_arrive_rendered(
    house: lifecycle.House, alice: User, provider: Provider, upstream: ScriptedUpstream
) -> None:
    upstream.script(
        model="alpha", steps=[text("**Bold**\n\nOpen"), wait_for("go"), text(" end"), finish("stop")]
    )
    conversation = await conversation_of(alice)
    page = await Page.open(alice, conversation.id)
    await page.ask("Format")
    delta = await page.until("delta")
    assert "<strong>Bold</strong>" in delta["settled"]["html"]
    assert delta["settled"]["rest"] == "Open"
    upstream.release("go")
    done = await page.until("message.done")
    assert "<strong>Bold</strong>" in done["html"]
    assert "message__body" in done["html"]


async def test_a_broken_stream_keeps_its_text(
    house: lifecycle.House, alice: User, provider: Provider, upstream: ScriptedUpstream
) -> None:
    upstream.script(model="alpha", steps=[text("Half an ans"), hang_up()])
    conversation = await conversation_of(alice)
    page = await Page.open(alice, conversation.id)
    await page.ask("Whole?")
    done = await page.until("message.done")
    assert (done["status"], done["content"]) == ("interrupted", "Half an ans")
    assert done["error"]
    assert done["usage"]["source"] == "estimated"


async def test_an_upstream_that_refuses_the_key_is_explained(
    house: lifecycle.House, alice: User, provider: Provider, upstream: ScriptedUpstream
) -> None:
    upstream.refuse(401, {"error": {"message": "Incorrect API key provided: sk-scripted"}})
    conversation = await conversation_of(alice)
    page = await Page.open(alice, conversation.id)
    await page.ask("Hello?")
    done = await page.until("message.done")
    assert done["status"] == "failed"
    assert "key" in done["error"]
    assert "sk-scripted" not in done["error"]
    row = await Generation.objects.aget(message=done["message"])
    assert (row.status, row.status_code, row.total_tokens, row.source) == ("failed", 401, None, "")


async def test_stop_keeps_what_came_and_closes_the_upstream(
    house: lifecycle.House, alice: User, provider: Provider, upstream: ScriptedUpstream
) -> None:
    upstream.script(
        model="alpha", steps=[text("So far"), wait_for("never"), text(" too late"), finish("stop")]
    )
    conversation = await conversation_of(alice)
    page = await Page.open(alice, conversation.id)
    await page.ask("Long?")
    await page.until("message.created")
    running = (await page.until("message.created"))["message"]["id"]
    await page.until_text(running, "So far")
    await page.say("generation.stop", message=running)
    done = await page.until("message.done")
    assert (done["status"], done["content"]) == ("stopped", "So far")
    assert done["usage"]["source"] == "estimated"
    seen = await in_thread(upstream.request, 0)
    await in_thread(seen.ended)
    assert seen.closed_early


async def test_the_next_question_may_follow_at_once(
    house: lifecycle.House, alice: User, provider: Provider, upstream: ScriptedUpstream
) -> None:
    conversation = await conversation_of(alice)
    page = await Page.open(alice, conversation.id)
    for words in ("one two", "three four"):
        await page.ask(words)
        assert (await page.until("message.done"))["content"].endswith(words)
    assert await Message.objects.filter(conversation=conversation, role="assistant").acount() == 3


async def test_the_same_frame_twice_is_one_question(
    house: lifecycle.House, alice: User, provider: Provider, upstream: ScriptedUpstream
) -> None:
    upstream.script(model="alpha", steps=[text("Yes"), wait_for("go"), finish("stop")])
    conversation = await conversation_of(alice)
    page = await Page.open(alice, conversation.id)
    client_id = str(uuid.uuid4())
    for _ in range(3):
        await page.say("message.send", client_id=client_id, content="Once?")
    created = [await page.until("message.created") for _ in range(6)]
    assert len({frame["message"]["id"] for frame in created}) == 2
    upstream.release("go")
    await page.until("message.done")
    assert await Generation.objects.filter(conversation=conversation).acount() == 2
