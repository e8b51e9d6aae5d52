"""What is really asked: the caller's body as this server takes it, by what it has taught us."""

from dataclasses import replace
from typing import Any

from conversations.upstream.endpoint import Endpoint
from conversations.upstream.refusals import Refusal


def request_body(endpoint: Endpoint, body: dict[str, Any]) -> dict[str, Any]:
    """A copy with `stream` (unless the caller says otherwise), usage asked for, and roles and names that
    the server knows.
    """
    asked = {"stream": True} | body
    if not (asked["stream"] and endpoint.stream_options):
        asked.pop("stream_options", None)
    elif "stream_options" not in asked:
        asked["stream_options"] = {"include_usage": True}
    if not endpoint.developer_role and has_developer(body):
        asked["messages"] = [_as_system(message) for message in body["messages"]]
    if endpoint.max_completion_tokens and "max_tokens" in asked:
        asked["max_completion_tokens"] = asked.pop("max_tokens")
    return asked


def has_developer(body: dict[str, Any]) -> bool:
    return any(message.get("role") == "developer" for message in body.get("messages", ()))


def _as_system(message: dict[str, Any]) -> dict[str, Any]:
    return message | {"role": "system"} if message.get("role") == "developer" else message


def asked_differently(endpoint: Endpoint, body: dict[str, Any], refusal: Refusal) -> Endpoint | None:
    """The endpoint to ask once more, when the refusal is about what we can say otherwise or leave out."""
    if refusal.of_max_tokens and "max_tokens" in request_body(endpoint, body):
        return replace(endpoint, max_completion_tokens=True)
    if refusal.of_stream_options and "stream_options" in request_body(endpoint, body):
        return replace(endpoint, stream_options=False)
    if refusal.of_developer_role and endpoint.developer_role and has_developer(body):
        return replace(endpoint, developer_role=False)
    return None
