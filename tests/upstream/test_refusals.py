"""Statuses and bodies → sentences."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from conversations.upstream import errors
from conversations.upstream.endpoint import Endpoint
from conversations.upstream.errors import RateLimited
from conversations.upstream.refusals import Refusal
from conversations.upstream.retry import pause_before
from conversations.upstream.words import find_words, plain


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (400, {"error": {"message": "nope"}}, errors.Refused, "nope"),
        (400, {"error": "maximum context length is 8192 tokens"}, errors.TooLong, "8192"),
        (400, {"error": {"message": "API key not valid"}}, errors.KeyRefused, "API key not valid"),
        (
            400,
            {"error": {"message": "Model Not Exist: model x does not exist"}},
            errors.NotFound,
            "Not Exist",
        ),
        (401, {"detail": "Bad token"}, errors.KeyRefused, "Bad token"),
        (402, {"error": {"message": "Insufficient Balance"}}, errors.RateLimited, "account without credit"),
        (403, [{"error": {"message": "blocked"}}], errors.KeyRefused, "blocked"),
        (404, {"error": {"message": "no model x"}}, errors.NotFound, "no model x"),
        (408, {}, errors.Refused, "408 Request Timeout"),
        (413, "<h1>Too large</h1>", errors.TooLong, "Too large"),
        (418, {"code": 7}, errors.Refused, "7"),
        (422, {"detail": [{"loc": ["body", "x"], "msg": "bad field"}]}, errors.Refused, "bad field (body.x)"),
        (429, {"errors": [{"message": "slow down"}]}, errors.RateLimited, "slow down"),
        (500, "", errors.ServerFailed, "500 Internal Server Error"),
        (529, {"type": "error", "error": {"message": "Overloaded"}}, errors.ServerFailed, "Overloaded"),
        (529, "", errors.ServerFailed, "529 Site is overloaded"),
        (599, "", errors.ServerFailed, "599"),
    ],
)
def test_a_status_says_what_to_do(status: int, body: Any, kind: type[errors.Refused], words: str) -> None:
    raw = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    error = Refusal(status, {}, raw).error(Endpoint("https://host.example"))
    assert type(error) is kind
    assert error.message.startswith("host.example ")
    assert words in error.message
    assert error.status_code == status


def test_an_empty_account_is_not_worth_asking_again() -> None:
    assert not Refusal(429, {}, b'{"error":{"code":"insufficient_quota"}}').passing
    assert Refusal(429).passing
    assert Refusal(529).passing
    assert not Refusal(408).passing


@pytest.mark.parametrize(
    ("headers", "body", "seconds"),
    [
        ({"retry-after": "7"}, b"", 7),
        ({"retry-after": "0.5"}, b"", 0.5),
        ({"retry-after-ms": "250", "retry-after": "9"}, b"", 0.25),
        ({}, b"Please try again in 7.5s", 7.5),
        ({}, b"Please try again in 1m2.5s.", 62.5),
        ({}, b"try again in 120ms", 0.12),
        ({}, b'{"retryDelay": "37s"}', 37),
        ({"retry-after": "soon"}, b"", None),
        ({"retry-after": "nan"}, b"", None),
        ({"retry-after": "-3"}, b"", 0),
        ({"retry-after": "1e99"}, b"", None),
        ({}, b"", None),
    ],
)
def test_when_to_ask_again(headers: dict[str, str], body: bytes, seconds: float | None) -> None:
    assert Refusal(429, headers, body).retry_after == seconds


def test_a_date_to_ask_again_at() -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    seconds = Refusal(429, {"retry-after": date}).retry_after
    assert seconds is not None
    assert 55 < seconds <= 60


def test_pauses_grow_with_jitter_and_end() -> None:
    patient = RateLimited("x", retry_after=20)
    assert all(20 < (pause_before(0, patient) or 0) < 21 for _ in range(20))
    assert pause_before(0, RateLimited("x", retry_after=20.5)) is None
    assert len({pause_before(1, RateLimited("x")) for _ in range(20)}) > 1
    assert pause_before(2, RateLimited("x")) is None


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (
            {"error": {"message": "outer", "metadata": {"raw": '{"error":{"message":"inner"}}'}}},
            "outer: inner",
        ),
        ({"error": '{"message": "quoted"}'}, "quoted"),
        ({"error": "{broken"}, "{broken"),
        ({"error": {"message": "", "type": "overloaded_error"}}, "overloaded_error"),
        ([[[[[[[["deep"]]]]]]]], ""),
        ({"base_resp": {"status_code": 1004, "status_msg": "login fail"}}, "login fail"),
        ([{"message": "a"}, {"message": "b"}], "a; b"),
        (None, ""),
        (1.5, ""),
    ],
)
def test_the_upstreams_own_words_are_found(value: Any, words: str) -> None:
    assert find_words(value) == words


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\n\n  b\x00\x1b[31m\u202e", "a b\ufffd [31m"),
        ("x" * 400, "x" * 299 + "…"),
        ("<html><head><title>502 Bad Gateway</title></head><body>long</body></html>", "502 Bad Gateway"),
        ("<!doctype html><style>x{}</style><p>Just &lt;words", "Just <words"),
        ("1 < 2", "1 < 2"),
        ("key-abcdef was wrong", "*** was wrong"),
        ("Bearer abcdefghijklmnop and sk-proj-abcdefghijkl", "Bearer *** and sk-***"),
    ],
)
def test_words_are_short_plain_and_without_keys(text: str, shown: str) -> None:
    assert plain(text, "key-abcdef") == shown


def test_a_key_at_the_cut_is_masked_whole() -> None:
    key = "secret-" + "k" * 40
    assert "kk" not in plain("x" * 280 + key, key)
