"""Failures inside streams and bodies with status 200; keep-alives that only look like them."""

import gzip
import json
import zlib
from typing import Any

import brotli
import pytest

from conversations.upstream import Endpoint, NotUnderstood, UpstreamClient, UpstreamError
from conversations.upstream.decoder import Decoder
from conversations.upstream.encodings import body_decoder
from conversations.upstream.errors import TooLarge
from conversations.upstream.outcome import outcome_of
from tests.scripted_upstream import ScriptedUpstream, raw
from tests.upstream.reading import BODY, HELLO, choice, collect, content, read, sse

OOM = {"message": "out of memory", "type": "server_error", "code": 500}


@pytest.mark.parametrize(
    "stream",
    [
        sse({"error": OOM}),
        sse({"error": "out of memory"}),
        sse({"error": True, "message": "out of memory"}),
        sse({"object": "error", **OOM}),
        sse({"type": "error", "error": OOM}),
        sse(OOM),
        sse(choice({}, "error") | {"error": OOM}),
        sse(choice({}, error=OOM)),
        sse({"x_groq": {"error": "out of memory"}}),
        sse({"detail": "out of memory"}),
        sse({"errors": [OOM], "success": False}),
        sse({"success": False, "message": "out of memory"}),
        sse({"code": "InternalError", "message": "out of memory", "request_id": "r"}),
        sse({"base_resp": {"status_code": 1013, "status_msg": "out of memory"}}),
        sse({"error_code": 17, "error_msg": "out of memory"}),
        sse("Error: out of memory"),
        b"event: error\n" + sse({"message": "out of memory"}),
        b"event: error\n" + sse({"error": OOM}),
        b"event: error\n" + sse("out of memory"),
        json.dumps({"error": OOM}).encode(),
        json.dumps([{"error": OOM}], indent=1).encode(),
    ],
)
def test_a_reported_failure_is_one(stream: bytes) -> None:
    accumulator = read(sse(HELLO[0]) + stream if stream.startswith((b"data", b"event")) else stream)
    error = outcome_of(accumulator, None)
    assert error is not None
    assert error.kind == "reported"
    assert "out of memory" in error.message


@pytest.mark.parametrize(
    "value",
    [
        {"error": None}, {"error": {}}, {"error": ""}, {"error": {"code": 0, "message": ""}},
        {"base_resp": {"status_code": 0, "status_msg": ""}}, {"error_code": 0, "error_msg": ""},
        {"type": "ping"}, {"status": "processing", "message": "queued"}, {"code": 200, "msg": "ok"},
        {"code": 0, "message": "ok"},
    ],
)  # fmt: skip
def test_what_only_looks_like_one_is_not(value: dict[str, Any]) -> None:
    accumulator = read(sse(value, *(chunk | value for chunk in HELLO)))
    assert outcome_of(accumulator, None) is None
    assert accumulator.answer.content == "Hello"


async def serve(upstream: ScriptedUpstream, body: bytes, encoding: str) -> None:
    headers = {"Content-Type": "text/event-stream", "Content-Encoding": encoding}
    upstream.script(steps=[raw(body[:40]), raw(body[40:])], headers=headers)


def bare(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("gzip", gzip.compress), ("deflate", zlib.compress), ("deflate", bare), ("identity", bytes),
        ("gzip", bytes), ("br", brotli.compress), ("br", bytes), ("identity, br", brotli.compress),
        ("gzip", lambda data: gzip.compress(data[:50]) + gzip.compress(data[50:])),
    ],
)  # fmt: skip
async def test_a_compressed_body_is_decoded(
    encoding: str, pack: Any, client: UpstreamClient, upstream: ScriptedUpstream, endpoint: Endpoint
) -> None:
    await serve(upstream, pack(sse(*HELLO, "[DONE]")), encoding)
    assert content(await collect(client.reply(endpoint, BODY))) == "Hello"


@pytest.mark.parametrize(
    ("encoding", "body", "kind"),
    [
        ("br", brotli.compress(sse(*HELLO))[:-9] + b"damaged ?", NotUnderstood),
        ("br", brotli.compress(b"data: " + bytes(8_000_000)), TooLarge),
        ("zstd", b"\x28\xb5\x2f\xfd", NotUnderstood),
        ("gzip, br", b"x", NotUnderstood),
        ("gzip", gzip.compress(b"data: " + bytes(8_000_000)), TooLarge),
        ("gzip", b"\x1f\x8bnonsense, not compressed", NotUnderstood),
    ],
)
async def test_what_cannot_be_decoded_is_said(
    encoding: str,
    body: bytes,
    kind: type[UpstreamError],
    client: UpstreamClient,
    upstream: ScriptedUpstream,
    endpoint: Endpoint,
) -> None:
    await serve(upstream, body, encoding)
    with pytest.raises(kind):
        await collect(client.reply(endpoint, BODY))


@pytest.mark.parametrize(("encoding", "pack"), [("gzip", gzip.compress), ("br", brotli.compress)])
def test_a_bomb_is_unpacked_step_by_step(encoding: str, pack: Any) -> None:
    parts = body_decoder(encoding).decode(pack(bytes(1_000_000)))
    sizes = [len(part) for part in parts]
    assert max(sizes) <= 128 * 1024
    assert sum(sizes) == 1_000_000


async def test_compressed_refusals_are_read(
    client: UpstreamClient, upstream: ScriptedUpstream, endpoint: Endpoint
) -> None:
    packed = brotli.compress(b'{"error": {"message": "no such thing"}}')
    upstream.refuse(400, packed, Content_Encoding="br")
    with pytest.raises(UpstreamError, match="no such thing"):
        await collect(client.reply(endpoint, BODY))


def test_a_bare_error_behind_a_broken_stream_is_found() -> None:
    for bare_error in (
        b'{"error": {"message": "out of memory"}}',
        b'error: {"code": 500, "message": "oom"}\n\n',
    ):
        decoder = Decoder()
        list(decoder.feed(sse(HELLO[0]) + bare_error))
        assert [chunk.error is not None for chunk in decoder.stray_chunks()] == [True]
