"""The request for the upstream: a thread of turns becomes the `messages` of a chat completion."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Turn:
    role: str
    content: str


def messages_for(turns: Iterable[Turn], *, system_prompt: str = "") -> list[dict[str, str]]:
    """OpenAI's message objects, the system prompt first.

    Answers without text (refused, failed, stopped at once) are left out: servers refuse an empty
    assistant turn. Questions that meet because of that become one: the chat templates of Gemma, Mistral
    and others insist that user and assistant alternate.
    """
    messages = [{"role": "system", "content": system_prompt}] if system_prompt.strip() else []
    for turn in turns:
        if not turn.content.strip():
            continue
        if turn.role == "user" and messages and messages[-1]["role"] == "user":
            messages[-1]["content"] += "\n\n" + turn.content
        else:
            messages.append({"role": turn.role, "content": turn.content})
    return messages


def request_body(
    model: str, messages: list[dict[str, str]], parameters: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The body of POST /chat/completions; `usage` is asked for because without it a stream reports none."""
    return {
        "model": model,
        "messages": messages,
        **(parameters or {}),
        "stream": True,
        "stream_options": {"include_usage": True},
    }
