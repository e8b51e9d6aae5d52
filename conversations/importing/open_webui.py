"""One conversation of Open WebUI's chat export."""

import re
from collections.abc import Mapping
from typing import Any

from conversations.importing.talks import SENSELESS, Said, Talk, Unfit, items, mapping, moment, planted, text
from conversations.sentences import gettext_noop

_FAILED = gettext_noop("It failed.")

_ROLES = {"system", "user", "assistant", "tool"}
# It keeps the thinking inside the answer, as HTML around a quotation.
_REASONING = re.compile(r'<details type="reasoning"[^>]{0,200}>(.*?)</details>\s*', re.DOTALL)
_SUMMARY = re.compile(r"<summary>.*?</summary>\s*", re.DOTALL)
_QUOTED = re.compile(r"^(?:>|&gt;) ?", re.MULTILINE)


def is_it(element: Mapping[str, Any]) -> bool:
    chat = element.get("chat", element)
    return isinstance(mapping(mapping(chat).get("history")).get("messages"), dict)


def read(element: Mapping[str, Any]) -> Talk:
    chat = mapping(element.get("chat", element))
    history = mapping(chat.get("history"))
    told = {key: mapping(each) for key, each in history["messages"].items()}
    fit = [_said(key, each) for key, each in told.items() if text(each.get("role")) in _ROLES]
    messages, lost = planted(fit)
    if not messages:
        raise Unfit(gettext_noop("It holds no messages."))
    current = history.get("currentId")
    models = [said.model for said in messages if said.model]
    talk = Talk(
        source="openwebui",
        source_id=text(element.get("id") or chat.get("id"), 100),
        title=text(element.get("title") or chat.get("title")),
        messages=messages,
        active=current if isinstance(current, str) else None,
        made_at=moment(element.get("created_at")) or moment(chat.get("timestamp")),
        changed_at=moment(element.get("updated_at")),
        model=models[-1] if models else text(next(iter(items(chat.get("models"))), ""), 200),
        system_prompt=text(mapping(chat.get("params")).get("system")),
        archived=element.get("archived") is True,
        pinned=element.get("pinned") is True,
    )
    if lost := lost + len(told) - len(fit):
        talk.notes.append(SENSELESS.format(number=lost))
    return talk


def _said(key: str, told: Mapping[str, Any]) -> Said:
    parent = told.get("parentId")
    content, reasoning = _apart(_content(told))
    said = Said(
        key=key,
        parent=parent if isinstance(parent, str) else None,
        role=str(told["role"]),
        content=content,
        at=moment(told.get("timestamp")),
    )
    if said.role == "assistant":
        said.reasoning, said.model = reasoning, text(told.get("model"), 200)
        said.error = _error(told.get("error"))
        said.status = "failed" if said.error else "interrupted" if told.get("done") is False else "complete"
    return said


def _content(told: Mapping[str, Any]) -> str:
    """Text, or a list of parts; files beside it are not in the export."""
    content = told.get("content")
    parts = [text(mapping(part).get("text")) for part in items(content)] or [text(content)]
    files = [mapping(each) for each in items(told.get("files"))]
    named = [
        "[Image]" if each.get("type") == "image" else f"[File: {text(each.get('name'))}]" for each in files
    ]
    return "\n\n".join(filter(None, [*parts, *named]))


def _apart(content: str) -> tuple[str, str]:
    """The answer, and its thinking."""
    thinking = [_QUOTED.sub("", _SUMMARY.sub("", found)).strip() for found in _REASONING.findall(content)]
    return _REASONING.sub("", content) if thinking else content, "\n\n".join(thinking)


def _error(told: Any) -> str:
    if not told:
        return ""
    return text(told) or text(mapping(told).get("content")) or _FAILED
