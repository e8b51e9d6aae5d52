"""The page's plain classes and functions, in the browser that runs them; sockets and clocks are fakes."""

from typing import Any

from playwright.sync_api import Page

from tests.browser.acts import stop_the_clock

FAKE_SOCKET = """
globalThis.made = [];
class FakeSocket {
  readyState = 0; sent = [];
  constructor(url) { this.url = url; made.push(this); }
  send(text) { this.sent.push(JSON.parse(text)); }
  close() { this.readyState = 3; }
  up() { this.readyState = 1; this.onopen(); }
  hear(frame) { this.onmessage({data: JSON.stringify(frame)}); }
  down(code) { this.readyState = 3; this.onclose({code}); }
}
const heard = [];
const socket = new module.ChatSocket("ws://x/", {WebSocketClass: FakeSocket});
for (const name of ["up", "down", "frame", "refused"]) {
  socket.addEventListener(name, (event) => heard.push([name, event.detail]));
}
"""


def test_the_backoff_doubles_with_half_left_to_chance_up_to_thirty_seconds(module: Any) -> None:
    code = (
        "return [0, 1, 2, 7, 99].map((n) => [module.delayBefore(n, () => 0), module.delayBefore(n, () => 1)])"
    )
    ranges = module("helpers/backoff.js", code)
    assert ranges == [[125, 250], [250, 500], [500, 1000], [15000, 30000], [15000, 30000]]


def test_only_three_schemes_may_be_followed(module: Any) -> None:
    code = """return ["https://a.example/", " http://b.example/x", "mailto:c@d.example",
      "javascript:alert(1)", "java\\nscript:alert(1)", "JAVASCRIPT:alert(1)",
      "data:text/html,x", "vbscript:x", "file:///etc/passwd",
      "blob:https://a/b", "/relative", "//host/x", "", "https://"]
      .map((address) => module.safeAddress(address) !== null)"""
    assert module("helpers/safe-address.js", code) == [True] * 3 + [False] * 11


def test_sentences_are_cut_where_they_end(module: Any) -> None:
    assert module("helpers/sentences.js", "return module.sentencesOf('One. Two (2.5)! Th')") == [
        ["One.", "Two (2.5)!"],
        "Th",
    ]
    assert module("helpers/sentences.js", "return module.sentencesOf('天很蓝。为')") == [["天很蓝。"], "为"]
    assert module(
        "helpers/sentences.js", "return module.spoken('## The **sky** is [blue](https://x.y)')"
    ) == ("The sky is blue")


def test_a_uuid_needs_no_secure_context(module: Any) -> None:
    code = "return [module.uuid(), module.uuid()]"
    first, second = module("helpers/uuid.js", code)
    assert first != second
    assert first[14] == "4"
    assert len(first) == 36


def test_a_live_message_applies_what_follows_and_notices_what_is_missing(module: Any) -> None:
    code = """
    const live = new module.LiveMessage({id: "m"});
    const delta = (from, seq, content, settled) => ({type: "delta", from, seq, content, settled});
    const outcomes = [
      live.apply(delta(1, 2, "One")), live.apply(delta(1, 2, "One")), live.apply(delta(4, 4, "x")),
      live.apply(delta(3, 3, ".\\n\\nTw", {html: "<p>One.</p>", rest: "Tw"})), live.apply(delta(4, 4, "o")),
    ];
    const drawn = live.take();
    return [outcomes, drawn.html, drawn.rest, drawn.text, drawn.added, live.take(),
      live.agreesWith({seq: 4, content: "One.\\n\\nTwo"}),
      live.agreesWith({seq: 9, content: "One.\\n\\nTwo!"}),
      live.agreesWith({seq: 4, content: "Other"})];
    """
    assert module("models/live-message.js", code) == [
        ["applied", "held", "gap", "applied", "applied"],
        "<p>One.</p>", "Tw", "o", "One.\n\nTwo", None, True, True, False,
    ]  # fmt: skip


def test_a_snapshot_replaces_and_an_older_one_changes_nothing(module: Any) -> None:
    code = """
    const live = new module.LiveMessage({id: "m", seq: 2, hasText: true});
    const settled = {html: "<p>All</p>", rest: "r", replace: true};
    const snapshot = (seq) => ({type: "snapshot", seq, content: "All\\n\\nr", reasoning: "", settled});
    return [live.apply(snapshot(1)), live.apply(snapshot(5)), live.take().replace, live.seq, live.content];
    """
    assert module("models/live-message.js", code) == ["held", "applied", True, 5, "All\n\nr"]


def test_a_reader_who_goes_up_is_left_alone_until_they_come_back(module: Any) -> None:
    code = """
    const keeper = new module.ScrollKeeper();
    const view = (top, contentHeight = 1000) => ({top, height: 400, contentHeight});
    const out = [keeper.resized(view(0))];
    keeper.scrolled(view(600)); out.push(keeper.resized(view(600, 1100)));
    keeper.scrolled(view(690, 1100)); out.push(keeper.resized(view(690, 1200)));
    keeper.scrolled(view(680, 1200)); out.push(keeper.resized(view(680, 1300)));
    keeper.scrolled(view(870, 1300)); out.push(keeper.resized(view(870, 1400)));
    return out;
    """
    assert module("models/scroll-keeper.js", code) == [600, 700, 800, None, 1000]


def test_the_socket_comes_back_and_says_so(module: Any) -> None:
    code = (
        FAKE_SOCKET
        + """
    socket.open(); made[0].up(); made[0].hear({type: "hello"}); made[0].down(1006);
    socket.hurry(); made[1].up();
    const sent = socket.send({type: "ping"});
    made[1].down(4012);
    return [heard.map(([name]) => name), made.length, sent, socket.send({type: "ping"}), made[1].sent];
    """
    )
    names, sockets, sent, unsent, frames = module("models/chat-socket.js", code)
    assert names == ["up", "frame", "down", "up", "down"]
    assert (sockets, sent, unsent, frames) == (2, True, False, [{"type": "ping"}])


def test_the_socket_does_not_insist_where_it_is_refused(module: Any) -> None:
    for code in (4400, 4401, 4403, 4404):
        script = (
            FAKE_SOCKET
            + f"""
        socket.open(); made[0].up(); made[0].down({code}); socket.hurry();
        return [heard, made.length];
        """
        )
        assert module("models/chat-socket.js", script) == [[["up", None], ["refused", code]], 1]


def test_the_socket_waits_as_long_as_the_server_asked(module: Any, page: Page) -> None:
    stop_the_clock(page)
    module(
        "models/chat-socket.js",
        FAKE_SOCKET
        + "socket.open(); made[0].up(); made[0].hear({type: 'bye', retry_ms: 3000}); made[0].down(4012);",
    )
    page.clock.run_for(2900)
    assert page.evaluate("made.length") == 1
    page.clock.run_for(200)
    assert page.evaluate("made.length") == 2


def test_acks_go_out_seldom_but_never_late(module: Any, page: Page) -> None:
    stop_the_clock(page)
    code = "globalThis.acks = []; globalThis.pacer = new module.AckPacer((seq) => acks.push(seq));"
    module("models/ack-pacer.js", code)
    page.evaluate("pacer.shown(1, 10); pacer.shown(2, 10)")
    assert page.evaluate("acks") == []
    page.clock.run_for(100)
    assert page.evaluate("acks") == [2]
    page.evaluate("pacer.shown(3, 40000)")
    assert page.evaluate("acks") == [2, 3]


def test_silence_after_a_message_or_while_connecting_counts_as_a_lost_connection(
    module: Any, page: Page
) -> None:
    stop_the_clock(page)
    module(
        "models/chat-socket.js",
        FAKE_SOCKET.replace("const socket", "globalThis.socket").replace("const heard", "globalThis.heard")
        + "socket.open();",
    )
    page.clock.run_for(10_000)
    assert page.evaluate("heard.map(([name]) => name)") == ["down"]
    page.clock.run_for(250)
    page.evaluate("made[1].up(); socket.sendSurely({type: 'message.send'});")
    assert page.evaluate("made[1].sent") == [{"type": "message.send"}, {"type": "ping"}]
    page.clock.run_for(9_000)
    page.evaluate("made[1].hear({type: 'pong'})")
    page.clock.run_for(9_000)
    assert page.evaluate("heard.map(([name]) => name)") == ["down", "up", "frame"]


def test_a_sleeping_page_opens_no_connection(module: Any, page: Page) -> None:
    stop_the_clock(page)
    code = (
        FAKE_SOCKET
        + "socket.open(); made[0].up(); socket.pause(); socket.hurry(); globalThis.socket = socket;"
    )
    module("models/chat-socket.js", code)
    page.clock.run_for(60_000)
    assert page.evaluate("made.length") == 1
    page.evaluate("socket.open()")
    assert page.evaluate("made.length") == 2
