"""Whatever a model writes, at every stage of its writing, stays text."""

from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from conversations.models import Conversation
from tests.browser.acts import ask, last_body, open_talk, send, wait_for_status
from tests.browser.conftest import make_talk
from tests.live import LiveServer
from tests.scripted_upstream import ScriptedUpstream, finish, text, wait_for

HOSTILE = [
    "<script>fired()</script>",
    "<img src=x onerror=fired()>",
    "<svg onload=fired()>",
    "[click](javascript:fired())",
    "[click](  JaVaScRiPt:fired())",
    "[click](data:text/html,<script>fired()</script>)",
    "![x](javascript:fired())",
    "![x](https://evil.example/pixel.png?leak)",
    '[a](https://a.example/"onmouseover="fired())',
    "<a href=javascript:fired()>x</a>",
    "```html\n<img src=x onerror=fired()>\n```",
    '```"><img src=x onerror=fired()>\nx\n```',
    "| <img src=x onerror=fired()> | b |\n|--|--|\n| [x](javascript:fired()) | 2 |",
    "`<img src=x onerror=fired()>`",
    "$<img src=x onerror=fired()>$",
    "<iframe srcdoc='<script>parent.fired()</script>'>",
    "<form action=//evil.example><button>x</button></form>",
    "<open-block><img src=x onerror=fired()></open-block>",
    "[x]: javascript:fired()\n\n[x]",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=fired()>",
    "> " * 40 + "deep",
    "- " * 40 + "deep",
]
WATCH = "globalThis.fired = () => { globalThis.hasFired = true; };"
BAD_LINKS = """() => [...document.querySelectorAll('.message__body a[href]')]
  .map((a) => a.getAttribute('href')).filter((href) => !/^(https?:|mailto:|#)/.test(href))"""


def test_hostile_markdown_stays_harmless_while_it_streams(
    page: Page, live: LiveServer, talk: Conversation, upstream: ScriptedUpstream
) -> None:
    page.add_init_script(WATCH)
    whole = "\n\n".join(HOSTILE)
    pieces = [text(whole[start : start + 5]) for start in range(0, len(whole), 5)]
    upstream.script(model="alpha", steps=[*pieces, wait_for("looked"), finish()])
    open_talk(page, talk)
    ask(page, "Do your worst")
    expect(last_body(page)).to_contain_text("deep")
    assert page.evaluate(BAD_LINKS) == []
    assert page.locator(".message__body :is(script, img, iframe, form, svg, style)").count() == 0
    upstream.release("looked")
    wait_for_status(page, "complete")
    assert page.evaluate(BAD_LINKS) == []
    assert page.evaluate("globalThis.hasFired") is None


def test_the_open_block_is_harmless_after_every_character(
    page: Page, live: LiveServer, talk: Conversation
) -> None:
    page.add_init_script(WATCH)
    open_talk(page, talk)
    found = page.evaluate(
        """(payloads) => payloads.flatMap((payload) => {
          const block = document.createElement('open-block');
          document.querySelector('.message__body').append(block);
          const bad = [];
          for (const character of payload + '\\n\\nend') {
            block.write(character);
            const live = block.querySelector('script, img, iframe, form, svg, style, [onerror], [onload]');
            if (live) bad.push(live.outerHTML);
            for (const a of block.querySelectorAll('[href]')) {
              if (!/^(https?|mailto):$/.test(a.protocol)) bad.push(a.href);
            }
          }
          if (!block.textContent.includes('end')) bad.push('lost: ' + payload);
          return bad;
        })""",
        HOSTILE,
    )
    assert found == []
    assert page.evaluate("globalThis.hasFired") is None


def test_hostile_names_and_questions_are_text(
    page: Page, live: LiveServer, alice: User, provider: object, upstream: ScriptedUpstream
) -> None:
    page.add_init_script(WATCH)
    evil = "<img src=x onerror=fired()>"
    talk = make_talk(alice, [(evil, "fine")], title=evil)
    talk.messages.filter(role="assistant").update(
        model=evil, finish_reason="<b>", refusal=evil, reasoning=evil
    )
    open_talk(page, talk)
    send(page, evil)
    expect(page.locator("article[data-role=user]").last).to_contain_text(evil)
    page.goto("/history/")
    expect(page.get_by_role("main")).to_contain_text(evil)
    assert page.evaluate("globalThis.hasFired") is None
