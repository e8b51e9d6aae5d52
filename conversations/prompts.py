"""The request for the upstream: a thread of turns becomes the `messages` of a chat completion."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

# Servers that say in their documentation how they go on with an answer. Anthropic's is not among them: its
# newer models refuse an answer that stands last.
_CONTINUATIONS = {"api.mistral.ai": "prefix", "openrouter.ai": "prefill"}
GO_ON = (
    "Your last message broke off. Go on exactly where it ends, beginning with the very next character. "
    "Write only what follows: repeat nothing of it, and say nothing about this request. Its last words are: "
)
_LAST_WORDS = 120  # characters of the answer that are shown once more, so that its end is not overlooked

# Stands for what a conversation that begins with an answer does not have.
BEGINNING = "(The conversation goes on from here.)"


@dataclass(frozen=True, slots=True)
class Turn:
    role: str
    content: str


def messages_for(turns: Iterable[Turn], *, system_prompt: str = "") -> list[dict[str, str]]:
    """OpenAI's message objects, the system prompt first.

    Answers without text (refused, failed, stopped at once) are left out: servers refuse an empty
    assistant turn. So are results of tools, which servers refuse without the call before them. Turns of
    one role that meet because of that become one, and a conversation that somebody imported without its
    beginning gets one: the chat templates of Gemma, Mistral and others insist that user and assistant
    alternate, and that the user begins.
    """
    messages = [{"role": "system", "content": system_prompt}] if system_prompt.strip() else []
    for turn in turns:
        if turn.role == "tool" or not turn.content.strip():
            continue
        before = messages[-1]["role"] if messages else ""
        if turn.role == before:
            messages[-1]["content"] += "\n\n" + turn.content
            continue
        if turn.role == "assistant" and before != "user":
            messages.append({"role": "user", "content": BEGINNING})
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


def continuation_by_host(base_url: str) -> str:
    """How a server at this address goes on with an answer, by what is known of it: see `continued`."""
    try:
        parts = urlsplit(base_url)
    except ValueError:
        return "prompt"
    if parts.hostname == "api.deepseek.com" and parts.path.startswith("/beta"):
        return "prefix"
    return _CONTINUATIONS.get(parts.hostname or "", "prompt")


def continued(body: dict[str, Any], answer: str, how: str) -> dict[str, Any]:
    """The body that asks for what follows `answer`, the turn after those of `body`.

    `how` is one of Provider.Continuation. White space at the answer's end stays out of it: some servers
    refuse it, and a model that is to go on after a space knows no word that begins without one.
    """
    partial: dict[str, Any] = {"role": "assistant", "content": answer.rstrip()}
    turns = [*body["messages"], partial]
    if how == "prefill":
        return body | {"messages": turns}
    if how == "prefix":
        return body | {"messages": [*body["messages"], partial | {"prefix": True}]}
    if how == "continue_final_message":
        return body | {"messages": turns, "continue_final_message": True, "add_generation_prompt": False}
    last_words = json.dumps(partial["content"][-_LAST_WORDS:], ensure_ascii=False)
    return body | {"messages": [*turns, {"role": "user", "content": GO_ON + last_words}]}
