"""A page that comes late, comes back or goes: it shows what the others show, from wherever it was."""

from django.contrib.auth.models import User

from conversations import lifecycle
from conversations.models import Message, Provider
from tests.consumers.test_answer import conversation_of
from tests.scripted_upstream import ScriptedUpstream, finish, reasoning, text, wait_for
from tests.sockets import Page


async def test_two_pages_show_the_same_and_a_late_one_catches_up(
    house: lifecycle.House, alice: User, provider: Provider, upstream: ScriptedUpstream
) -> None:
    upstream.script(
        model="alpha",
        steps=[reasoning("Hm."), text("One "), wait_for("late"), text("two."), finish("stop")],
    )
    conversation = await conversation_of(alice)
    first, second = [await Page.open(alice, conversation.id) for _ in range(2)]
    await second.until("hello")
    await first.ask("Count")
    await second.until("message.created")
    running = (await second.until("message.created"))["message"]["id"]
    await first.until_text(running, "One ")

    late = await Page.open(alice, conversation.id)
    hello = await late.until("hello")
    assert hello["running"] == [running]
    await late.say("subscribe", after=0)
    snapshot = await late.until("snapshot")
    assert (snapshot["content"], snapshot["reasoning"]) == ("One ", "Hm.")
    upstream.release("late")
    done = [await page.until("message.done") for page in (first, second, late)]
    assert done[0] == done[1] == done[2]
    assert done[0]["content"] == "One two."


async def test_an_answer_that_ends_between_greeting_and_subscription_is_not_missed(
    house: lifecycle.House, alice: User, provider: Provider, upstream: ScriptedUpstream
) -> None:
    upstream.script(model="alpha", steps=[wait_for("go"), text("Done."), finish()])
    conversation = await conversation_of(alice)
    page = await Page.open(alice, conversation.id)
    await page.ask("Quick?")
    await page.until("message.created")
    running = (await page.until("message.created"))["message"]["id"]
    late = await Page.open(alice, conversation.id)
    assert (await late.until("hello"))["running"] == [running]
    upstream.release("go")
    await page.until("message.done")
    await late.say("subscribe")
    assert (await late.until("message.done", message=running))["content"] == "Done."


async def test_a_page_that_holds_the_beginning_gets_the_rest(
    house: lifecycle.House, alice: User, provider: Provider, upstream: ScriptedUpstream
) -> None:
    upstream.script(
        model="alpha",
        steps=[text("a"), wait_for("b"), text("b"), wait_for("c"), text("c"), finish("stop")],
    )
    conversation = await conversation_of(alice)
    page = await Page.open(alice, conversation.id)
    await page.ask("Spell")
    await page.until("message.created")
    running = (await page.until("message.created"))["message"]["id"]
    await page.until_text(running, "a")
    upstream.release("b")
    await page.until_text(running, "ab")

    again = await Page.open(alice, conversation.id)
    again.texts[running], again.seqs[running] = "a", 1
    await again.say("subscribe", message=running, after=1)
    delta = await again.until("delta")
    assert (delta["from"], delta["seq"], delta["content"]) == (2, 2, "b")
    upstream.release("c")
    assert (await again.until("message.done"))["content"] == "abc"


async def test_closing_the_page_does_not_stop_the_answer(
    house: lifecycle.House, alice: User, provider: Provider, upstream: ScriptedUpstream
) -> None:
    upstream.script(model="alpha", steps=[text("On "), wait_for("go"), text("and on."), finish("stop")])
    conversation = await conversation_of(alice)
    page = await Page.open(alice, conversation.id)
    await page.ask("Stay?")
    await page.until("message.created")
    running = (await page.until("message.created"))["message"]["id"]
    await page.until_text(running, "On ")
    await page.leave()
    other = await Page.open(alice, conversation.id)
    await other.say("subscribe", after=0)
    await other.until("snapshot", content="On ")
    upstream.release("go")
    assert (await other.until("message.done"))["content"] == "On and on."
    assert (await Message.objects.aget(pk=running)).content == "On and on."
