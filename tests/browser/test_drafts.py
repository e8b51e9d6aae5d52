"""What is typed and not sent is there again: after a reload, in the other tab, after an outage."""

from typing import Any

from playwright.sync_api import Page, expect

from conversations.models import Conversation, Draft, Provider
from tests.browser.acts import ask, box, open_talk, send, until
from tests.browser.conftest import Wire, Witness
from tests.live import LiveServer
from tests.scripted_upstream import ScriptedUpstream

SAVED = "() => Object.keys(localStorage).filter((key) => key.startsWith('draft:')).length === 0"
STORED = "() => Object.keys(localStorage).sort().join(' ')"
ANSWERED = """() => { globalThis.answered = new Promise((resolve) => {
  document.addEventListener("chat:frame", ({ detail }) => detail.type === "pong" && resolve());
}); }"""
CARET = "(box) => [box.selectionStart, box.selectionEnd]"


def saves(page: Page, words: str) -> None:
    """Types, and waits until the server has answered that it holds it."""
    page.evaluate(ANSWERED)
    # At one blow: between two keys a slow machine saves the first.
    box(page).fill(words)
    page.evaluate("answered")
    assert Draft.objects.get().content == words


def test_a_draft_is_in_every_tab_and_after_a_reload(page: Page, live: LiveServer, talk: Conversation) -> None:
    other = page.context.new_page()
    open_talk(page, talk)
    open_talk(other, talk)
    box(page).press_sequentially("Half a thou")
    expect(box(other)).to_have_value("Half a thou")
    box(page).press_sequentially("ght")
    expect(box(other)).to_have_value("Half a thought")
    page.reload()
    expect(box(page)).to_have_value("Half a thought")
    ask(page, "Half a thought")
    expect(box(other)).to_have_value("")
    page.reload()
    expect(box(page)).to_have_value("")


def test_what_another_tab_types_leaves_the_caret_where_it_is(
    page: Page, live: LiveServer, talk: Conversation
) -> None:
    other = page.context.new_page()
    open_talk(page, talk)
    open_talk(other, talk)
    box(page).press_sequentially("One two")
    expect(box(other)).to_have_value("One two")
    box(page).evaluate("(box) => box.setSelectionRange(3, 3)")
    box(other).press_sequentially(" three")
    expect(box(page)).to_have_value("One two three")
    assert box(page).evaluate(CARET) == [3, 3]


def test_what_two_tabs_typed_apart_is_kept_from_both(
    page: Page, live: LiveServer, talk: Conversation, wire: Wire
) -> None:
    other = page.context.new_page()
    open_talk(page, talk)
    open_talk(other, talk)
    wire.cut()
    box(page).press_sequentially("Typed here")
    saves(other, "Typed there")
    wire.mend()
    for tab in (page, other):
        expect(box(tab)).to_have_value("Typed there\n\nTyped here")


def test_without_a_connection_the_browser_keeps_it(
    page: Page, live: LiveServer, talk: Conversation, wire: Wire, witness: Witness
) -> None:
    witness.expected.append("404")
    open_talk(page, talk)
    wire.cut()
    page.evaluate("document.querySelector('draft-keeper').dataset.address = '/nowhere/'")
    box(page).press_sequentially("Kept here")
    page.reload()
    expect(box(page)).to_have_value("Kept here")
    assert not Draft.objects.exists()
    wire.mend()
    page.wait_for_function(SAVED)
    assert Draft.objects.get().content == "Kept here"


def test_whoever_signs_out_leaves_nothing_of_what_they_typed(
    page: Page, live: LiveServer, talk: Conversation, wire: Wire
) -> None:
    open_talk(page, talk)
    wire.cut()
    box(page).press_sequentially("For my eyes")
    send(page, "Never arrived")
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.get_by_role("button", name="Sign out").click()
    assert "outbox:" in page.evaluate(STORED)
    page.reload()
    assert "outbox:" in page.evaluate(STORED)
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    page.wait_for_function(f"() => ({STORED})() === ''")


def test_a_session_that_merely_ended_leaves_everything(
    page: Page, live: LiveServer, talk: Conversation, wire: Wire
) -> None:
    open_talk(page, talk)
    wire.cut()
    send(page, "Not yet")
    page.goto("/accounts/login/?next=/")
    page.context.clear_cookies()
    page.goto(talk.get_absolute_url())
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert "outbox:" in page.evaluate(STORED)


def test_leaving_at_once_saves_the_last_word(
    page: Page, live: LiveServer, talk: Conversation, open_context: Any
) -> None:
    open_talk(page, talk)
    box(page).fill("Typed and left")
    page.goto("/history/")
    until(page, Draft.objects.exists)
    elsewhere = open_context().new_page()
    open_talk(elsewhere, talk)
    expect(box(elsewhere)).to_have_value("Typed and left")


def test_the_new_page_keeps_a_draft_until_it_is_sent(
    page: Page, live: LiveServer, provider: Provider, upstream: ScriptedUpstream, open_context: Any
) -> None:
    page.goto("/")
    with page.expect_response("**/draft/"):
        box(page).fill("To be begun")
    elsewhere = open_context().new_page()
    elsewhere.goto("/")
    expect(box(elsewhere)).to_have_value("To be begun")
    box(elsewhere).press("Enter")
    expect(elsewhere.locator("article").first).to_contain_text("To be begun")
    for tab in (elsewhere, page):
        tab.goto("/")
        expect(box(tab)).to_have_value("")


def test_what_was_deleted_before_sending_does_not_come_back(
    page: Page, live: LiveServer, provider: Provider, upstream: ScriptedUpstream
) -> None:
    page.goto("/")
    with page.expect_response("**/draft/"):
        box(page).fill("/summary")
    with page.expect_response("**/draft/"):
        box(page).evaluate(
            """(box) => { box.value = "Another one"; box.dispatchEvent(new Event("input", { bubbles: true }));
            box.form.requestSubmit(); }"""
        )
    expect(page.locator("article").first).to_contain_text("Another one")
    page.goto("/")
    expect(box(page)).to_have_value("")


def test_a_draft_here_is_never_overwritten_by_one_from_elsewhere(module: Any) -> None:
    code = """
    const told = [];
    const draft = new module.Draft({key: "k", known: "a", save: (text) => told.push(text)});
    const out = [draft.heard("ab"), draft.isAhead];
    draft.typed("abc"); out.push(draft.heard("ab"), draft.isAhead);
    draft.flush(); draft.confirmed(1); out.push(draft.isAhead, draft.heard("new"));
    draft.typed("mine"); out.push(draft.heard("theirs"), draft.isAhead);
    return [out, told];
    """
    outcomes, told = module("models/draft.js", code)
    assert outcomes == ["ab", False, None, True, False, "new", "theirs\n\nmine", True]
    assert told == ["abc"]


def test_a_draft_from_elsewhere_that_comes_before_ones_own_is_kept_stays_in_it(module: Any) -> None:
    code = """
    const told = [];
    const draft = new module.Draft({key: "k", known: "", save: (text, number) => told.push([number, text])});
    draft.typed("mine"); draft.flush();
    const out = [draft.heard("yours"), draft.isAhead];
    draft.flush(); draft.confirmed(1); out.push(draft.isAhead, draft.heard("yours\\n\\nmine"));
    draft.confirmed(2); out.push(draft.isAhead, draft.heard("newer"));
    return [out, told];
    """
    outcomes, told = module("models/draft.js", code)
    assert outcomes == ["yours\n\nmine", True, True, None, False, "newer"]
    assert told == [[1, "mine"], [2, "yours\n\nmine"]]


def test_two_drafts_lose_nothing_of_each_other(module: Any) -> None:
    code = """return [["", "", "x"], ["a", "a", ""], ["a", "", "ab"], ["a", "abc", "b"], ["a", "x", "y"],
      ["", "x\\n\\ny", "y\\n\\nx"], ["", "x\\n\\ny", "y\\n\\nz"]]
      .map(([base, server, ours]) => module.mergedDraft({base, server, ours}))"""
    assert module("helpers/merged-draft.js", code) == [
        "x",
        "",
        "ab",
        "abc",
        "x\n\ny",
        "x\n\ny",
        "x\n\ny\n\nz",
    ]
