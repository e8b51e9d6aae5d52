"""A long answer costs the page no more for each new piece than a short one."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import CDPSession, Page

from conversations.models import Conversation, Message, Provider
from conversations.rendering import OpenBlocks
from tests.benchmarks.page import MIXED
from tests.browser.acts import last_body, open_talk
from tests.browser.conftest import make_talk
from tests.live import LiveServer

LENGTH = 80_000  # characters
PIECE = 40  # of one delta
RUN = 20  # deltas
# Applied, drawn and laid out, each in a frame of its own.
SHOW = """async (frames) => {
  for (const detail of frames) {
    document.dispatchEvent(new CustomEvent("chat:frame", { detail }));
    await new Promise(requestAnimationFrame);
    document.body.getBoundingClientRect();
  }
  await new Promise(requestAnimationFrame);
}"""
TELL = (
    "(all) => { for (const detail of all) document.dispatchEvent(new CustomEvent('chat:frame', {detail})); }"
)

Costs = Callable[[str], tuple[float, float]]


@pytest.fixture
def costs(page: Page, live: LiveServer, alice: User, provider: Provider) -> Costs:
    """Milliseconds of the main thread for one delta: in the first and in the last tenth of a text."""
    talk = Conversation.objects.create(owner=alice, title="Long", model="alpha")
    asked = Message.objects.create(conversation=talk, role="user", content="At length?")
    answer = Message.objects.create(conversation=talk, parent=asked, role="assistant", status="streaming")
    talk.active_leaf = answer
    talk.save()
    page.route_web_socket("**/ws/**", lambda _: None)
    open_talk(page, talk)
    client = page.context.new_cdp_session(page)
    # What the thread itself has worked, not what it has waited for a processor.
    client.send("Performance.enable", {"timeDomain": "threadTicks"})

    def measured(text: str) -> tuple[float, float]:
        frames = list(deltas(text, str(answer.id)))
        tenth = len(frames) // 10
        first = cost(page, client, frames[:tenth])
        page.evaluate(TELL, frames[tenth:-tenth])
        page.evaluate(SHOW, [])
        return first, cost(page, client, frames[-tenth:])

    return measured


def deltas(text: str, message: str) -> Any:
    """The frames that bring a text, with what the server renders meanwhile."""
    blocks = OpenBlocks()
    for seq, at in enumerate(range(0, len(text), PIECE), 1):
        piece = text[at : at + PIECE]
        blocks.feed(piece)
        frame: dict[str, object] = {
            "type": "delta",
            "message": message,
            "from": seq,
            "seq": seq,
            "content": piece,
        }
        if settled := blocks.settle():
            frame["settled"] = {"html": settled.html, "rest": settled.rest, "replace": settled.replace}
        yield frame


def cost(page: Page, client: CDPSession, frames: list[Any]) -> float:
    """Of the cheapest run of some, which nothing else on this machine disturbed."""
    return min(run_cost(page, client, frames[at : at + RUN]) for at in range(0, len(frames), RUN))


def run_cost(page: Page, client: CDPSession, frames: list[Any]) -> float:
    before = busy(client)
    page.evaluate(SHOW, frames)
    return (busy(client) - before) / len(frames) * 1000


def busy(client: CDPSession) -> float:
    """Seconds that the main thread has worked."""
    found: list[dict[str, Any]] = client.send("Performance.getMetrics")["metrics"]
    return next(float(each["value"]) for each in found if each["name"] == "TaskDuration")


def test_the_last_deltas_cost_as_much_as_the_first(costs: Costs, record_property: Any) -> None:
    first, last = costs((MIXED * (LENGTH // len(MIXED) + 1))[:LENGTH])
    record_property("first", first)
    record_property("last", last)
    assert last < 2 * first, (first, last)


@pytest.mark.parametrize("piece", ["a", "\u5929\u5f88\u84dd", "\u0645\u0631\u062d", "Words, **bold** ones, "])
def test_a_paragraph_without_an_end_does_not_freeze_the_page(costs: Costs, page: Page, piece: str) -> None:
    text = (piece * LENGTH)[:LENGTH]
    first, last = costs(text)
    assert last < 3 * first + 10, (first, last)
    shown = last_body(page).text_content() or ""
    # The last mark may be held back until it is known what it means.
    assert text.replace("**", "").startswith(shown.strip())
    assert len(shown) > 0.99 * len(text.replace("**", ""))


def test_a_finished_word_without_an_end_breaks_wherever_a_line_ends(
    page: Page, live: LiveServer, alice: User, provider: Provider
) -> None:
    """To look for better places took a browser ten seconds."""
    open_talk(page, make_talk(alice, [("At length?", "\u0645\u0631\u062d" * 66_000)]))
    page.wait_for_function("document.querySelector('.message__body p').offsetHeight > 10_000")
    broken = last_body(page).locator("p").evaluate("(p) => getComputedStyle(p).wordBreak")
    assert broken == "break-all"
