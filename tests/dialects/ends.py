"""How it ends when it does not end well: broken off, reported, refused, explained."""

import json
from typing import Any

from tests.dialects.case import DONE, END, JSON, STOP, Case, data, says
from tests.scripted_upstream import Step, hang_up, reset, wait_for

PAGE = b"<!doctype html><html><head><title>Bad gateway</title></head><body><h1>nginx/1.25</h1></body></html>"
HTML = {"Content-Type": "text/html"}
BEFORE = says("So far")
SECOND = Case("the second answer", [says("At last"), END])


def broken(name: str, *writes: bytes | Step, **more: Any) -> Case:
    return Case(name, [BEFORE, *writes], content="So far", finish_reason=None, outcome="interrupted", **more)


def reported(name: str, *writes: bytes, error: str, content: str = "So far", **more: Any) -> Case:
    more.setdefault("finish_reason", None)
    return Case(name, writes, content=content, outcome="failed", error=error, **more)


def says_that(words: str, **more: str) -> dict[str, Any]:
    return {"error": {"message": words, **more}}


def refused(name: str, status: int, body: Any, error: str, **more: Any) -> Case:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = JSON | more.pop("headers", {})
    return Case(
        name, [raw], status=status, headers=headers, finish_reason=None, outcome="failed", error=error, **more
    )


ENDS = [
    broken("ends-before-its-finish"),
    broken("hangs-up", hang_up()),
    broken("is-reset", wait_for("is-reset"), reset()),
    broken("breaks-within-a-character", b'data: {"choices":[{"delta":{"content":"\xf0\x9f'),
    Case("reset-after-the-finish", [BEFORE + STOP, wait_for("finished"), reset()], content="So far"),
    Case("reset-after-done", [BEFORE + END, wait_for("done"), reset()], content="So far"),
    reported(
        "error-chunk", BEFORE, data({"error": {"message": "It stalled", "code": 500}}), error="It stalled"
    ),
    reported("error-as-a-text", BEFORE, data({"error": "Out of steam"}), DONE, error="Out of steam"),
    reported("error-event", BEFORE, b'event: error\ndata: {"message": "Overheated"}\n\n', error="Overheated"),
    reported("named-error", BEFORE, data({"object": "error", "message": "Bad lever"}), error="Bad lever"),
    reported(
        "error-inside-the-choice",
        BEFORE,
        data({"choices": [{"delta": {}, "finish_reason": "error", "error": {"message": "Upset"}}]}),
        error="Upset",
        finish_reason="error",
    ),
    reported("error-at-once", data({"error": {"message": "Not today"}}), content="", error="Not today"),
    reported("error-as-json", b'{"error": {"message": "No!"}}', headers=JSON, content="", error="No!"),
    reported("a-page-instead-of-an-answer", PAGE, headers=HTML, content="", error="", unsaid="<"),
    refused("wrong-key", 401, says_that("Bad key sk-scripted"), "check the key", unsaid="sk-scripted"),
    refused("forbidden", 403, [says_that("Region blocked")], "Region blocked"),
    refused("no-such-model", 404, {"error": "model 'x' not found"}, "no such model"),
    refused("request-timeout", 408, {}, "gave up waiting"),
    refused("too-large", 413, PAGE, "too long for the model", unsaid="<h1>"),
    refused("too-long", 400, {"message": "maximum context length is 4096 tokens"}, "too long for the model"),
    refused("unprocessable", 422, {"detail": [{"loc": ["body", "tools"], "msg": "Odd tools"}]}, "Odd tools"),
    refused("parameter", 400, says_that("'temperature' must be 1"), "does not take the temperature"),
    refused("limited", 429, says_that("Slow down"), "try again in 90 s", headers={"Retry-After": "90"}),
    refused("no-credit", 429, says_that("Spent", code="insufficient_quota"), "account without credit"),
    refused("a-page-of-a-proxy", 502, PAGE, "Bad gateway", unsaid="<"),
    refused("overloaded", 529, {"type": "error"} | says_that("Overloaded"), "Overloaded"),
    refused("moved", 307, b"", "Redirects are not followed", headers={"Location": "https://other.example/"}),
    Case("tried-again", [b"{}"], status=503, headers=JSON, content="At last", then=SECOND),
    Case(
        "asked-again-without-stream-options",
        [b'{"error": {"message": "Unrecognized request argument supplied: stream_options"}}'],
        status=400,
        headers=JSON,
        content="At last",
        then=SECOND,
    ),
]
