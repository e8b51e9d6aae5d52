"""bytes → events, by WHATWG HTML 9.2.6."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.upstream.errors import TooLarge
from conversations.upstream.sse import EventDecoder


def events(*reads: bytes) -> list[tuple[str, bytes]]:
    decoder = EventDecoder()
    return [(event.name, event.data) for read in reads for event in decoder.feed(read)]


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        (b"data: a\n\n", [("", b"a")]),
        (b"data:a\n\ndata: b\n\n", [("", b"a"), ("", b"b")]),
        (b"data:  two spaces\n\n", [("", b" two spaces")]),
        (b"data: a\r\n\r\n", [("", b"a")]),
        (b"data: a\r\rdata: b\r\r", [("", b"a"), ("", b"b")]),
        (b"data: a\r\n\ndata: b\n\r\n", [("", b"a"), ("", b"b")]),
        (b"data: a\ndata: b\n\n", [("", b"a\nb")]),
        (b"data\n\n", [("", b"")]),
        (b"data\ndata\n\n", [("", b"\n")]),
        (b"\n\n\ndata: a\n\n\n\ndata: b\n\n", [("", b"a"), ("", b"b")]),
        (b": comment\n\ndata: a\n\n", [("", b"a")]),
        (b"event: ping\ndata: {}\n\n", [("ping", b"{}")]),
        (b"data: {}\nevent: late\n\n", [("late", b"{}")]),
        (b"event: lost\n\ndata: a\n\n", [("", b"a")]),
        (b"id: 7\nretry: 10\ndata: a\n\n", [("", b"a")]),
        (b"DATA: a\n data: b\nnonsense\n\n", []),
        (b"data: unfinished", []),
        (b"data: unfinished\n", []),
        (b"\xef\xbb\xbfdata: a\n\n", [("", b"a")]),
        (b"\xef\xbb\xbf\xef\xbb\xbfdata: a\n\n", []),
        (b"data: \xef\xbb\xbfa\n\n", [("", b"\xef\xbb\xbfa")]),
        (
            "data: a\u2028b\u2029c\u0085d\x0be\x0cf\n\n".encode(),
            [("", "a\u2028b\u2029c\u0085d\x0be\x0cf".encode())],
        ),
        (b"data: a:b\n\n", [("", b"a:b")]),
        (b"", []),
    ],
)
def test_the_stream_means(stream: bytes, expected: list[tuple[str, bytes]]) -> None:
    assert events(stream) == expected
    assert events(*(stream[at : at + 1] for at in range(len(stream)))) == expected


def test_an_event_that_ends_in_a_lone_cr_is_delivered_at_once() -> None:
    decoder = EventDecoder()
    assert [event.data for event in decoder.feed(b"data: a\r\r")] == [b"a"]
    assert list(decoder.feed(b"\n")) == []
    assert [event.data for event in decoder.feed(b"data: b\n\r")] == [b"b"]


LINES = st.sampled_from(
    [
        b"data: x",
        b"data:",
        b"data",
        b"data: \xe2\x80\xa8",
        b"event: e",
        b": c",
        b"",
        b"",
        b"id: 1",
        b"stray",
        b"\xef\xbb\xbf",
    ]
)
ENDS = st.sampled_from([b"\n", b"\r\n", b"\r"])


@given(st.lists(st.tuples(LINES, ENDS)), st.lists(st.integers(0, 200)))
def test_any_split_of_the_bytes_gives_the_same_events(
    lines: list[tuple[bytes, bytes]], cuts: list[int]
) -> None:
    stream = b"".join(line + end for line, end in lines)
    places = [0, *sorted(cut for cut in cuts if cut < len(stream)), len(stream)]
    reads = [stream[start:end] for start, end in pairwise(places)]
    assert events(*reads) == events(stream) == reference(stream)


def mostly_plain(reads: list[bytes]) -> list[tuple[str, bytes]]:
    """As a reply reads them: a plain event by one look, everything else by all of the rules."""
    decoder = EventDecoder()
    found: list[tuple[str, bytes]] = []
    for read in reads:
        plain = decoder.plain_event(read)
        found += (
            [("", plain)] if plain is not None else [(event.name, event.data) for event in decoder.feed(read)]
        )
    return found


PIECES = st.sampled_from(
    [
        b"data: {}\n\n",
        b"data: a",
        b"data:",
        b"\n",
        b"\r",
        b"\r\n",
        b"event: x\n",
        b": c\n\n",
        b"\xef\xbb\xbf",
        b"data: ",
    ]
)


@given(st.lists(st.lists(PIECES, max_size=3).map(b"".join), max_size=6))
def test_a_look_finds_the_same_events_wherever_reads_are_cut(reads: list[bytes]) -> None:
    assert mostly_plain(reads) == reference(b"".join(reads))


def test_one_look_tells_a_plain_event() -> None:
    decoder = EventDecoder(max_event_bytes=20)
    assert decoder.plain_event(b"data: first\n\n") is None, "a BOM may still come"
    assert [event.data for event in decoder.feed(b"data: first\n\n")] == [b"first"]
    assert decoder.plain_event(b"data: second\n\n") == b"second"
    assert decoder.plain_event(b"data: " + b"x" * 20 + b"\n\n") is None
    assert list(decoder.feed(b"event: other\n")) == []
    assert decoder.plain_event(b"data: third\n\n") is None


def reference(stream: bytes) -> list[tuple[str, bytes]]:
    """The specification, as literally as Python allows, on the whole stream."""
    text = stream.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    found: list[tuple[str, bytes]] = []
    data, name = b"", b""
    for line in text.split(b"\n")[:-1]:
        field, _, value = line.partition(b":")
        value = value[1:] if value[:1] == b" " else value
        if not line:
            if data:
                found.append((name.decode(), data[:-1]))
            data, name = b"", b""
        elif field == b"data":
            data += value + b"\n"
        elif field == b"event":
            name = value
    return found


@pytest.mark.parametrize(
    "stream", [b"data: " + b"x" * 200, b"data: x\n" * 60, b"data: " + b"x" * 200 + b"\n\n", b":" * 200]
)
def test_an_event_over_the_limit_is_refused(stream: bytes) -> None:
    decoder = EventDecoder(max_event_bytes=100)
    with pytest.raises(TooLarge):
        list(decoder.feed(stream))


def test_events_before_the_one_that_is_too_large_are_delivered() -> None:
    decoder = EventDecoder(max_event_bytes=100)
    found = decoder.feed(b"data: good\n\ndata: " + b"x" * 200 + b"\n\n")
    assert next(found).data == b"good"
    with pytest.raises(TooLarge):
        next(found)


def test_text_that_is_no_stream_is_kept_for_an_error_message() -> None:
    decoder = EventDecoder()
    assert list(decoder.feed(b"upstream connect error\nreset rea")) == []
    assert decoder.unfinished() == b"upstream connect error\nreset rea"


def test_an_event_may_have_four_mib_and_no_more() -> None:
    most = b"x" * (4 * 1024 * 1024)
    assert [len(event.data) for event in EventDecoder().feed(b"data: " + most + b"\n\n")] == [len(most)]
    with pytest.raises(TooLarge, match="4 MiB"):
        list(EventDecoder().feed(b"data: x" + most + b"\n\n"))
