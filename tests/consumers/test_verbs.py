"""The other verbs through the socket: continue, queue, drafts, branches, and the receipt of a stop."""

import uuid

from django.contrib.auth.models import User

from conversations import lifecycle
from conversations.drafts import draft_of
from conversations.models import Conversation, Provider
from conversations.threads import in_database
from tests.consumers.test_answer import conversation_of
from tests.scripted_upstream import ScriptedUpstream, finish, hold, text, wait_for
from tests.sockets import Page


async def tabs(user: User, conversation: Conversation) -> tuple[Page, Page]:
    """Two pages that have been greeted: from then on they hear everything."""
    page, other = await Page.open(user, conversation.id), await Page.open(user, conversation.id)
    await page.until("hello")
    await other.until("hello")
    return page, other


async def test_a_continued_answer_becomes_live_again_in_every_tab(
    house: lifecycle.House, alice: User, provider: Provider, upstream: ScriptedUpstream
) -> None:
    upstream.script(steps=[text("The tide "), finish("length")])
    upstream.script(steps=[text("turns"), wait_for("go"), text("."), finish("stop")])
    conversation = await conversation_of(alice)
    page, other = await tabs(alice, conversation)
    await page.ask("Does it?")
    first = await page.until("message.done")
    await other.until("message.done")
    client_id = str(uuid.uuid4())
    await page.say("message.continue", message=first["message"], client_id=client_id)
    for tab in (page, other):
        created = (await tab.until("message.created"))["message"]
        assert (created["id"], created["status"]) == (first["message"], "queued")
        assert f'data-seq="{first["seq"]}"' in created["html"]
        await tab.until_text(first["message"], "The tide turns")
    upstream.release("go")
    done = await page.until("message.done")
    assert (done["content"], done["status"]) == ("The tide turns.", "complete")
    assert (await other.until("message.done"))["content"] == done["content"]
    late = await Page.open(alice, conversation.id)
    await late.say("message.continue", message=first["message"], client_id=client_id)
    again = (await late.until("message.created"))["message"]
    assert (again["id"], again["status"]) == (first["message"], "complete")


async def test_the_queue_is_the_same_in_every_tab_and_is_sent_after_the_end(
    house: lifecycle.House, alice: User, provider: Provider, upstream: ScriptedUpstream
) -> None:
    upstream.script(steps=[text("Slowly"), wait_for("end"), finish()])
    upstream.script(steps=[text("Quickly"), finish()])
    conversation = await conversation_of(alice)
    page, other = await tabs(alice, conversation)
    await page.ask("One")
    await page.until(
        "message.created",
    )
    first, second = str(uuid.uuid4()), str(uuid.uuid4())
    await page.say("message.queue", client_id=first, content="Two", model="alpha")
    [queued] = (await other.until("queue.changed"))["queued"]
    assert (queued["client_id"], queued["content"], queued["model"], queued["held"]) == (
        first,
        "Two",
        "alpha",
        "",
    )
    await other.say("message.queue", client_id=second, content="Three")
    await page.until("queue.changed")
    await other.say("queue.edit", client_id=first, content="Zwei")
    await other.say("queue.remove", client_id=second)
    changed = await page.until("queue.changed")
    while [entry["content"] for entry in changed["queued"]] != ["Zwei"]:
        changed = await page.until("queue.changed")
    late = await Page.open(alice, conversation.id)
    assert [entry["content"] for entry in (await late.until("hello"))["queued"]] == ["Zwei"]
    await late.say("subscribe")
    upstream.release("end")
    await late.until("message.done", content="Quickly")
    while not (emptied := late.all_heard("queue.changed")):
        await late.next()
    assert emptied[0]["queued"] == []
    question = late.all_heard("message.created")[0]["message"]
    assert (question["client_id"], question["role"]) == (first, "user")
    assert [done["content"] for done in late.all_heard("message.done")] == ["Slowly", "Quickly"]


async def test_a_draft_is_told_to_the_other_tabs_only(
    house: lifecycle.House, alice: User, provider: Provider
) -> None:
    conversation = await conversation_of(alice)
    page, other = await tabs(alice, conversation)
    await page.say("draft.save", content="Half a thou")
    assert (await other.until("draft.changed"))["content"] == "Half a thou"
    await page.ask("Half a thou")
    assert (await other.until("draft.changed"))["content"] == ""
    await page.until("message.done")
    assert "draft.changed" not in {frame["type"] for frame in page.heard}
    await other.say("draft.save", content="Another")
    assert (await page.until("draft.changed"))["content"] == "Another"
    late = await Page.open(alice, conversation.id)
    assert (await late.until("hello"))["draft"] == "Another"


async def test_what_a_page_hears_before_its_own_draft_is_kept_is_older(
    house: lifecycle.House, alice: User, provider: Provider
) -> None:
    conversation = await conversation_of(alice)
    page, other = await tabs(alice, conversation)
    for number in range(1, 11):
        await other.say("draft.save", content=f"There {number}", number=number)
        await page.say("draft.save", content=f"Here {number}", number=number)
        for tab in (page, other):
            assert (await tab.until("draft.saved"))["number"] == number
    kept = await in_database(draft_of, alice, conversation)
    while newest_of(page) != kept:
        await page.next()


def newest_of(page: Page) -> str:
    """The draft that this page shows: its own, or what it heard after its own was kept."""
    told = [frame for frame in page.heard if frame["type"].startswith("draft.")]
    return "Here 10" if told[-1]["type"] == "draft.saved" else str(told[-1]["content"])


async def test_a_branch_is_shown_in_every_tab(
    house: lifecycle.House, alice: User, provider: Provider
) -> None:
    conversation = await conversation_of(alice)
    page, other = await tabs(alice, conversation)
    old = str(conversation.active_leaf_id)
    await page.say("message.regenerate", message=old, client_id=str(uuid.uuid4()), model="beta")
    done = await page.until("message.done")
    await page.say("branch.show", message=old)
    assert (await other.until("branch.changed"))["active"] == old
    late = await Page.open(alice, conversation.id)
    assert (await late.until("hello"))["active"] == old
    await late.say("branch.show", message=done["message"])
    assert (await page.until("branch.changed", active=done["message"]))["active"] == done["message"]


async def test_a_stop_is_confirmed_at_once_and_has_a_receipt(
    house: lifecycle.House, alice: User, provider: Provider, upstream: ScriptedUpstream
) -> None:
    upstream.script(steps=[text("So far"), hold()])
    conversation = await conversation_of(alice)
    page = await Page.open(alice, conversation.id)
    await page.ask("One")
    answer = (
        await page.until(
            "message.created",
        )
    )["message"]
    while answer["role"] != "assistant":
        answer = (await page.until("message.created"))["message"]
    await page.until_text(answer["id"], "So far")
    await page.say("generation.stop", message=answer["id"])
    done = await page.until("message.done")
    while not (confirmed := page.all_heard("message.stopping")):
        await page.next()
    assert confirmed[0]["message"] == answer["id"]
    assert done["status"] == "stopped"
    assert 0 <= done["receipt"]["closed_ms"] < 10_000
    assert done["receipt"]["tokens"] == done["usage"]["completion_tokens"]


async def test_what_makes_no_sense_is_refused_in_words(
    house: lifecycle.House, alice: User, provider: Provider
) -> None:
    conversation = await conversation_of(alice)
    page = await Page.open(alice, conversation.id)
    client_id, unknown = str(uuid.uuid4()), str(uuid.uuid4())
    for frame, code in (
        ({"type": "message.continue", "message": str(conversation.active_leaf_id)}, "bad_frame"),
        ({"type": "message.continue", "message": unknown}, "not_found"),
        ({"type": "message.regenerate", "message": unknown}, "not_found"),
        ({"type": "queue.edit", "content": "x"}, "not_found"),
        ({"type": "queue.send"}, "not_found"),
        ({"type": "branch.show", "message": unknown}, "not_found"),
        ({"type": "draft.save", "content": "x" * 300_000}, "too_large"),
        ({"type": "message.queue", "content": "x" * 300_000}, "too_large"),
        ({"type": "message.send", "content": "x", "edits": unknown}, "not_found"),
    ):
        await page.say(**({"client_id": client_id} | frame))
        error = await page.until("error")
        assert error["code"] == code, frame
        assert error["detail"].endswith("."), frame
