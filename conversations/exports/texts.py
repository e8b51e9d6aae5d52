"""A conversation as a file: JSON with every branch, Markdown with what is shown."""

import re
import unicodedata
from datetime import UTC, datetime
from typing import Any

from conversations.models import Conversation, Message

# C0 except newline and tab, C1, bidi controls and tag characters: nothing that steers a terminal or hides.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]")


def moment(at: datetime) -> str:
    """ISO 8601 in UTC."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def as_json(conversation: Conversation, messages: list[Message]) -> dict[str, Any]:
    """The export's object; `messages` are all of them, in the order in which they were made."""
    return {
        "id": str(conversation.id),
        "title": conversation.title,
        "model": conversation.model,
        "system_prompt": conversation.system_prompt,
        "parameters": conversation.parameters,
        "active": str(conversation.active_leaf_id) if conversation.active_leaf_id else None,
        "created_at": moment(conversation.created_at),
        "updated_at": moment(conversation.updated_at),
        "messages": [_message(message) for message in messages],
    }


def _message(message: Message) -> dict[str, Any]:
    return {
        "id": str(message.id),
        "parent": str(message.parent_id) if message.parent_id else None,
        "role": message.role,
        "content": message.content,
        "reasoning": message.reasoning,
        "refusal": message.refusal or None,
        "tool_calls": message.tool_calls,
        "model": message.model,
        "parameters": message.parameters or None,
        "status": message.status,
        "finish_reason": message.finish_reason or None,
        "error": message.error or None,
        "usage": message.usage,
        "ttft_ms": message.ttft_ms,
        "duration_ms": message.duration_ms,
        "created_at": moment(message.created_at),
    }


def as_markdown(conversation: Conversation, thread: list[Message]) -> str:
    """The shown branch: a heading for each turn, and the text as it was written."""
    parts = [f"# {_one_line(conversation.title) or 'Conversation'}", f"*{moment(conversation.created_at)}*"]
    for message in thread:
        who = f"{message.role.capitalize()} ({message.model})" if message.model else message.role.capitalize()
        parts += [f"## {_one_line(who)}", message.content, message.refusal]
        if message.finish_reason in ("length", "content_filter"):
            parts.append(f"*cut off: {message.finish_reason}*")
        if message.status not in ("complete", ""):
            parts.append(f"*{message.status}{': ' + _one_line(message.error) if message.error else ''}*")
    return "\n\n".join(_UNSEEN.sub("", part) for part in parts if part) + "\n"


def _one_line(text: str) -> str:
    return " ".join(_UNSEEN.sub("", text).split())


def file_name(conversation: Conversation, ending: str) -> str:
    """From the title, in ASCII letters, digits and dashes: safe in a header and on every file system."""
    return f"{_words(conversation) or 'conversation'}.{ending}"


def unique_name(conversation: Conversation, ending: str) -> str:
    """The same among others: no two conversations share one, whatever their titles are."""
    return "-".join(filter(None, (_words(conversation), str(conversation.id)))) + f".{ending}"


def _words(conversation: Conversation) -> str:
    plain = unicodedata.normalize("NFKD", conversation.title).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:60].strip("-")
