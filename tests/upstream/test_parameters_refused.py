"""Parameters that a server does not take: sent by another name, or explained; never dropped in silence."""

import json
from dataclasses import replace
from typing import Any

import pytest

from conversations.upstream import Endpoint, errors
from conversations.upstream.client import UpstreamClient
from conversations.upstream.refusals import Refusal
from tests.scripted_upstream import ScriptedUpstream, finish, text
from tests.upstream.reading import BODY, collect, content

HOST = Endpoint("https://host.example/v1")
INSTEAD = {
    "error": {
        "message": "Unsupported parameter: 'max_tokens' is not supported with this model. "
        "Use 'max_completion_tokens' instead.",
        "type": "invalid_request_error",
        "param": "max_tokens",
        "code": "unsupported_parameter",
    }
}


async def test_max_tokens_goes_by_its_other_name_where_the_server_wants_that(
    client: UpstreamClient, upstream: ScriptedUpstream, endpoint: Endpoint
) -> None:
    upstream.refuse(400, INSTEAD)
    upstream.script(steps=[text("ok"), finish()])
    reply = client.reply(endpoint, BODY | {"max_tokens": 50})
    assert content(await collect(reply)) == "ok"
    assert (reply.attempts, reply.endpoint) == (2, replace(endpoint, max_completion_tokens=True))
    first, second = (request.body for request in upstream.requests)
    assert first["max_tokens"] == second["max_completion_tokens"] == 50
    assert "max_tokens" not in second
    assert second["stream_options"] == {"include_usage": True}


async def test_what_is_known_is_not_tried_again(
    client: UpstreamClient, upstream: ScriptedUpstream, endpoint: Endpoint
) -> None:
    upstream.refuse(400, INSTEAD)
    knowing = replace(endpoint, max_completion_tokens=True)
    with pytest.raises(errors.ParameterRefused, match="max_completion_tokens"):
        await collect(client.reply(knowing, BODY | {"max_tokens": 50}))
    assert len(upstream.requests) == 1


async def test_a_refused_temperature_is_said_and_not_dropped(
    client: UpstreamClient, upstream: ScriptedUpstream, endpoint: Endpoint
) -> None:
    words = "Unsupported value: 'temperature' does not support 0.2 with this model. Only 1 is supported."
    upstream.refuse(400, {"error": {"message": words, "code": "unsupported_parameter"}})
    with pytest.raises(errors.ParameterRefused) as caught:
        await collect(client.reply(endpoint, BODY | {"temperature": 0.2}))
    assert caught.value.message == (
        f"{endpoint.host} does not take the temperature that it was asked with (400). "
        f"Change it, or leave it empty. It said: {words}"
    )
    assert len(upstream.requests) == 1


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"error": {"message": "max_tokens must be at most 8192"}}, errors.ParameterRefused),
        (
            {"message": "'max_tokens' is too large: 9. This model's maximum context length is 8."},
            errors.ParameterRefused,
        ),
        ({"detail": [{"loc": ["body", "seed"], "msg": "Extra inputs"}]}, errors.ParameterRefused),
        ({"error": {"message": "gpt-5 models don't support temperature=0.2"}}, errors.ParameterRefused),
        ({"error": {"message": "Unknown field", "param": "stop"}}, errors.ParameterRefused),
        ({"error": {"message": "Please stop asking"}}, errors.Refused),
        ({"error": {"message": "max_tokens: field required"}}, errors.Refused),
        ({"error": {"message": "maximum context length is 8192 tokens"}}, errors.TooLong),
    ],
)
@pytest.mark.parametrize("status", [400, 422])
def test_the_parameter_is_found_in_the_words(status: int, body: Any, kind: type[errors.Refused]) -> None:
    assert type(Refusal(status, {}, json.dumps(body).encode()).error(HOST)) is kind


def test_a_word_about_both_names_is_no_wish_for_the_other() -> None:
    words = b"'max_tokens' or 'max_completion_tokens' is too large: 99999"
    assert not Refusal(400, {}, words).of_max_tokens
    assert not Refusal(500, {}, json.dumps(INSTEAD).encode()).of_max_tokens
