"""Every tab, every reload, every moment: the same text."""

from playwright.sync_api import Page, expect

from conversations.models import Conversation
from tests.browser.acts import ask, last_answer, last_body, open_talk, wait_for_status
from tests.browser.conftest import Wire
from tests.live import LiveServer
from tests.scripted_upstream import ScriptedUpstream, finish, text, wait_for

RICH = """A paragraph with **bold**, `code` and a [link](https://example.com/).

```python
def answer() -> int:
    return 42
```

| a | b |
|--:|:--|
| 1 | 2 |

1. one
2. two
   - nested

> quoted, with $x^2$

The last one."""


def pieces(whole: str, size: int = 7) -> list[str]:
    return [whole[start : start + size] for start in range(0, len(whole), size)]


def test_a_reload_in_the_middle_keeps_the_text_and_goes_on(
    page: Page, live: LiveServer, talk: Conversation, upstream: ScriptedUpstream
) -> None:
    steps = [text("First block.\n\nSecond **bl"), wait_for("reloaded"), text("ock**."), finish()]
    upstream.script(model="alpha", steps=steps)
    open_talk(page, talk)
    ask(page, "Go!")
    expect(last_body(page)).to_contain_text("Second")
    page.reload()
    expect(last_body(page)).to_contain_text("First block.")
    upstream.release("reloaded")
    wait_for_status(page, "complete")
    expect(last_body(page).locator("p")).to_have_text(["First block.", "Second block."])
    assert len(upstream.requests) == 1


def test_the_page_without_scripts_already_holds_the_running_answer(
    page: Page, live: LiveServer, talk: Conversation, upstream: ScriptedUpstream
) -> None:
    upstream.script(model="alpha", steps=[text("First block.\n\nSecond"), wait_for("read"), finish()])
    open_talk(page, talk)
    ask(page, "Go!")
    expect(last_body(page)).to_contain_text("Second")
    # What is asked for within the runner's quarter of a second is one flush behind.
    page.wait_for_function("async () => (await (await fetch(location.href)).text()).includes('First block.')")
    upstream.release("read")
    wait_for_status(page, "complete")


def test_a_second_tab_sees_the_question_and_the_answer(
    page: Page, live: LiveServer, talk: Conversation, upstream: ScriptedUpstream
) -> None:
    upstream.script(model="alpha", steps=[text("One, "), wait_for("two"), text("two."), finish()])
    other = page.context.new_page()
    open_talk(page, talk)
    open_talk(other, talk)
    ask(page, "Count!")
    expect(other.locator("article")).to_have_count(4)
    expect(last_body(other)).to_have_text("One,")
    late = page.context.new_page()
    open_talk(late, talk)
    upstream.release("two")
    for tab in (page, other, late):
        wait_for_status(tab, "complete")
    seen = {tab.locator("message-thread").inner_html() for tab in (page, other)}
    assert len({last_answer(tab).evaluate("e => e.outerHTML") for tab in (page, other, late)}) == 1
    assert len(seen) == 1


def test_live_html_equals_reloaded_html(
    page: Page, live: LiveServer, talk: Conversation, upstream: ScriptedUpstream
) -> None:
    upstream.script(model="alpha", steps=[*map(text, pieces(RICH)), finish(usage=(9, 99))])
    open_talk(page, talk)
    ask(page, "Everything, please.")
    wait_for_status(page, "complete")
    before = last_answer(page).evaluate("e => e.outerHTML")
    page.reload()
    assert last_answer(page).evaluate("e => e.outerHTML") == before
    assert talk.messages.in_order().last().content == RICH  # type: ignore[union-attr]


def test_finished_blocks_come_rendered_while_the_rest_still_streams(
    page: Page, live: LiveServer, talk: Conversation, upstream: ScriptedUpstream
) -> None:
    steps = [*map(text, pieces(RICH)), wait_for("seen"), finish()]
    upstream.script(model="alpha", steps=steps)
    open_talk(page, talk)
    ask(page, "Everything, please.")
    expect(last_body(page)).to_contain_text("The last one.")
    expect(last_body(page).locator(".code__language")).to_have_text("Python")
    expect(last_body(page).locator("open-block")).to_contain_text("The last one.")
    expect(last_body(page).locator("open-block .code")).to_have_count(0)
    running = last_body(page).inner_text().split()
    upstream.release("seen")
    wait_for_status(page, "complete")
    assert last_body(page).inner_text().split() == running


def test_lines_break_while_they_stream_where_they_do_at_the_end(
    page: Page, live: LiveServer, talk: Conversation, upstream: ScriptedUpstream
) -> None:
    lines = "A line\nand *its\nnext*. Two spaces  \nbreak it,\na backslash\\\ntoo."
    items = "- One\n  line\n- another  \n  broken"
    for each in (lines, f"{lines}\n\n{items}"):
        upstream.script(model="alpha", steps=[*map(text, pieces(each, 3)), wait_for("seen"), finish()])
    open_talk(page, talk)
    for last in ("too.", "broken"):
        ask(page, "Everything, please.")
        expect(last_body(page)).to_contain_text(last)
        running = last_body(page).inner_text().split("\n")
        upstream.release("seen")
        wait_for_status(page, "complete")
        assert last_body(page).inner_text().split("\n") == running


def test_a_lost_connection_loses_no_text(
    page: Page, live: LiveServer, talk: Conversation, upstream: ScriptedUpstream, wire: Wire
) -> None:
    upstream.script(model="alpha", steps=[text("Before, "), wait_for("cut"), text("after."), finish()])
    open_talk(page, talk)
    ask(page, "Go!")
    expect(last_body(page)).to_have_text("Before,")
    wire.cut()
    expect(page.get_by_text("Reconnecting…")).to_be_visible()
    upstream.release("cut")
    wire.mend()
    wait_for_status(page, "complete")
    expect(last_body(page)).to_have_text("Before, after.")
    expect(page.get_by_text("Reconnecting…")).to_be_hidden()


def test_a_page_that_slept_through_a_continuation_shows_all_of_it(
    page: Page, live: LiveServer, talk: Conversation, upstream: ScriptedUpstream, wire: Wire
) -> None:
    talk.messages.filter(role="assistant").update(finish_reason="length")
    upstream.script(model="alpha", steps=[text(" And Bob."), finish()])
    open_talk(page, talk)
    expect(last_body(page)).to_have_text("Hello, Alice.")
    wire.cut()
    other = page.context.new_page()
    open_talk(other, talk)
    last_answer(other).get_by_role("button", name="Continue").click()
    expect(last_body(other)).to_have_text("Hello, Alice. And Bob.")
    wait_for_status(other, "complete")
    wire.mend()
    expect(last_body(page)).to_have_text("Hello, Alice. And Bob.")
