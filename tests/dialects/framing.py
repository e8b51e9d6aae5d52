"""How the bytes come: line ends, fields, comments, cuts, encodings, content types."""

import gzip
import json
import zlib

from tests.dialects.case import DONE, END, JSON, SSE, STOP, Case, data, delta, says, usage
from tests.scripted_upstream import hang_up

HARBOUR = says("Harbour ", "lights") + END
COMPLETION = {
    "object": "chat.completion",
    "model": "m",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "Whole."}, "finish_reason": "stop"}],
    "usage": usage(4, 2),
}
LIGHT = "Glühwürmchen 🪲 光"


def ends(line_end: bytes) -> bytes:
    return HARBOUR.replace(b"\n", line_end)


def bare(text: str) -> bytes:
    """An event whose JSON is written in UTF-8, without escapes."""
    return f"data: {json.dumps(delta(content=text), ensure_ascii=False)}\n\n".encode()


FRAMING = [
    Case("lf", [HARBOUR], content="Harbour lights"),
    Case("crlf", [ends(b"\r\n")], content="Harbour lights"),
    Case("lone-cr", [ends(b"\r")], content="Harbour lights"),
    Case(
        "mixed-line-ends",
        [says("a").replace(b"\n\n", b"\r\n\n"), says("b").replace(b"\n\n", b"\n\r"), ends(b"\r\n")],
        content="abHarbour lights",
    ),
    Case(
        "crlf-cut-between",
        [says("Cut")[:-2] + b"\r", b"\n\r", b"\n", ends(b"\r\n")],
        content="CutHarbour lights",
    ),
    Case("bom", [b"\xef\xbb\xbf" + HARBOUR], content="Harbour lights"),
    Case("bom-in-pieces", [b"\xef", b"\xbb", b"\xbf", HARBOUR], content="Harbour lights"),
    Case("no-space-after-the-colon", [HARBOUR.replace(b"data: ", b"data:")], content="Harbour lights"),
    Case("comments", [b": hello\n\n", says("a"), b":\n:\n\n: PROCESSING\n\n", says("b"), END], content="ab"),
    Case(
        "other-fields",
        [b"retry: 10\nid: 7\nevent: message\n", says("named"), b"event: delta\nfoo: bar\nnothing\n", END],
        content="named",
    ),
    Case("empty-events", [b"\n\n\ndata\n\ndata:\n\n", HARBOUR, b"\n\n"], content="Harbour lights"),
    Case(
        "data-on-many-lines",
        [
            "\n".join(
                f"data: {line}" for line in json.dumps(delta(content="split"), indent=1).split("\n")
            ).encode(),
            b"\n\n",
            END,
        ],
        content="split",
    ),
    Case(
        "an-unfinished-last-event-is-dropped",
        [says("kept"), STOP, b'data: {"choices":[{"delta":{"content":" lost"}}]}'],
        content="kept",
    ),
    Case(
        "separators-that-end-no-line",
        [bare("a\u2028b\u2029c\x85d"), END],
        content="a\u2028b\u2029c\x85d",
    ),
    Case("byte-by-byte", [bytes([byte]) for byte in bare(LIGHT) + END], content=LIGHT),
    Case("everything-at-once", [b": hi\n\n" + bare(LIGHT) * 50 + END], content=LIGHT * 50),
    Case(
        "a-header-that-lies-about-the-charset",
        [bare(LIGHT) + END],
        headers={"Content-Type": "text/event-stream; charset=iso-8859-1"},
        content=LIGHT,
    ),
    Case("labelled-json", [HARBOUR], headers=JSON, content="Harbour lights"),
    Case("labelled-text", [HARBOUR], headers={"Content-Type": "text/plain"}, content="Harbour lights"),
    Case("not-labelled", [HARBOUR], headers={}, content="Harbour lights"),
    Case("no-done", [says("Enough."), STOP], content="Enough."),
    Case("something-after-done", [HARBOUR, says(" ghost"), b"garbage"], content="Harbour lights"),
    Case("ended-by-closing", [HARBOUR], transfer="close", content="Harbour lights"),
    Case("no-last-http-chunk", [HARBOUR, hang_up()], content="Harbour lights"),
    Case(
        "gzip-unasked",
        [gzip.compress(HARBOUR)],
        headers=SSE | {"Content-Encoding": "gzip"},
        content="Harbour lights",
    ),
    Case(
        "deflate-unasked",
        [zlib.compress(HARBOUR)],
        headers=SSE | {"Content-Encoding": "deflate"},
        content="Harbour lights",
    ),
    Case(
        "an-encoding-that-nobody-knows",
        [HARBOUR],
        headers=SSE | {"Content-Encoding": "snow"},
        outcome="failed",
        finish_reason=None,
        error="snow",
    ),
    Case(
        "no-stream-at-all", [json.dumps(COMPLETION).encode()], headers=JSON, content="Whole.", usage=(4, 2, 6)
    ),
    Case(
        "no-stream-but-labelled-as-one",
        [b"\n \n", json.dumps(COMPLETION, indent=2).encode()],
        content="Whole.",
        usage=(4, 2, 6),
    ),
    Case("a-whole-completion-as-one-event", [data(COMPLETION), DONE], content="Whole.", usage=(4, 2, 6)),
]
