"""Streams cut anywhere mean the same; bytes that mean nothing end in an error of ours or in none."""

import random
from contextlib import suppress
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversations.upstream.accumulator import Accumulator
from conversations.upstream.decoder import Decoder
from conversations.upstream.encodings import body_decoder
from conversations.upstream.errors import UpstreamError
from tests.upstream.reading import choice, read, sse

MULTIBYTE = "Grüße, 東京 👩\u200d🚀\u2028\u2029\u0085\x0b\x0c ende"
EVENTS = (
    ": warming up",
    "retry: 3000\nid: 7",
    'data: {"choices":[{"index":0,\ndata: "delta":{"content":"<think>Hm "}}]}',
    sse(choice({"content": f"</think>{MULTIBYTE}"})).decode().strip("\n"),
    'data:{"choices":[{"delta":{"content":"\\ud83d"}}]}\n: between',
    'event: message\ndata: {"choices":[{"delta":{"content":"\\ude00 after","refusal":"No"}}]}',
    'data: {"choices":[{"delta":{"reasoning":"more"}}]}',
    'data: {"choices":[{"delta":{"tool_calls":[{"id":"c","function":{"name":"f","arguments":"{"}}]}}]}',
    'data: {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"}"}}]}}]}',
    'data: {"choices":[{"delta":{},"finish_reason":"tool_calls"}]}',
    'data: {"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":2,"total_tokens":11}}',
    "data: [DONE]",
)  # fmt: skip
ENDS = {"LF": "\n", "CRLF": "\r\n", "CR": "\r"}
MARKS = {"": b"", "BOM": b"\xef\xbb\xbf"}


def stream(end: str, mark: str) -> bytes:
    text = "".join(f"{event}\n\n" for event in EVENTS)
    return MARKS[mark] + text.replace("\n", ENDS[end]).encode()


def facts(accumulator: Accumulator) -> tuple[Any, ...]:
    got = accumulator.answer
    texts = (got.content, got.reasoning, got.refusal)
    return texts, got.tool_calls, got.finish_reason, got.usage, accumulator.done, accumulator.error


WHOLE = facts(read(stream("LF", "")))
everywhere = pytest.mark.parametrize(("end", "mark"), [(end, mark) for end in ENDS for mark in MARKS])


def test_the_stream_means_what_it_should() -> None:
    texts, calls, reason, usage, done, error = WHOLE
    assert texts == (f"{MULTIBYTE}😀 after", "Hm" + "more", "No")
    assert calls == [{"id": "c", "name": "f", "arguments": "{}"}]
    assert (reason, usage.total_tokens, done, error) == ("tool_calls", 11, True, None)


@everywhere
def test_a_cut_at_every_byte(end: str, mark: str) -> None:
    data = stream(end, mark)
    for cut in range(len(data) + 1):
        assert facts(read(data[:cut], data[cut:])) == WHOLE
    assert facts(read(*(data[place : place + 1] for place in range(len(data))))) == WHOLE


@everywhere
@given(cuts=st.lists(st.integers(0, len(stream("CRLF", "BOM"))), max_size=40))
def test_random_reads(end: str, mark: str, cuts: list[int]) -> None:
    data = stream(end, mark)
    places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    assert facts(read(*(data[start:stop] for start, stop in pairwise(places)))) == WHOLE


ANYTHING = st.one_of(
    st.binary(max_size=200),
    st.sampled_from([b"data: ", b"data:", b"event: error\n", b"\n\n", b"\r", b"\r\n\r\n", b": ", b"[DONE]"]),
    st.sampled_from([b'{"choices":[', b'{"delta":{"content":"', b"\\ud83d", b"<think>", b"</think>"]),
    st.sampled_from([b"]}", b"}", b'"', b"\xf0\x9f", b"{", b"[" * 2000, b"<html>", b'{"error":']),
)  # fmt: skip


@settings(max_examples=400)
@given(
    reads=st.lists(ANYTHING, max_size=30),
    encoding=st.sampled_from(["", "gzip", "deflate", "br", "zstd", "x"]),
)
def test_no_bytes_raise_anything_but_our_own_errors(reads: list[bytes], encoding: str) -> None:
    with suppress(UpstreamError):
        body = body_decoder(encoding)
        read(*(part for data in reads for part in body.decode(data)))


def test_a_damaged_stream_raises_nothing_else_either() -> None:
    dice = random.Random(1)
    for _ in range(3000):
        data = bytearray(stream(dice.choice(list(ENDS)), dice.choice(list(MARKS))))
        for _ in range(dice.randint(1, 6)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        try:
            decoder, accumulator = Decoder(), Accumulator()
            for chunk in decoder.feed(bytes(data)):
                accumulator.add(chunk)
            accumulator.end()
            accumulator.take()
        except UpstreamError:
            continue
        accumulator.answer.content.encode()  # no half of a pair is left in it
        decoder.stray()
        decoder.stray_chunks()
