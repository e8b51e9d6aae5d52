"""One conversation of ChatGPT's export: a tree of nodes, of which people saw some."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conversations.importing.chatgpt_content import words_of
from conversations.importing.talks import Said, Talk, Unfit, items, mapping, moment, text
from conversations.sentences import gettext_noop

_LOOSE = gettext_noop("{number} parts that hang on nothing were left out.")

# What the model was told about the person and never showed.
_UNSEEN = {"user_editable_context", "model_editable_context", "app_pairing_content"}
_THINKING = {"thoughts", "reasoning_recap"}
_ROLES = {"system", "user", "assistant", "tool"}
_ENDS = {"stop": "stop", "max_tokens": "length", "content_filter": "content_filter"}


@dataclass(slots=True)
class _Place:
    """A node to look at: below which message that is kept, and with what thinking on the way to it."""

    key: str
    parent: str | None
    thinking: str


def is_it(element: Mapping[str, Any]) -> bool:
    return isinstance(element.get("mapping"), dict)


def read(element: Mapping[str, Any]) -> Talk:
    nodes = {key: node for key, node in element["mapping"].items() if isinstance(node, dict)}
    tree = _Tree(nodes)
    tree.walk()
    if not tree.messages:
        raise Unfit(gettext_noop("It holds no messages."))
    talk = Talk(
        source="chatgpt",
        source_id=text(element.get("conversation_id") or element.get("id"), 100),
        title=text(element.get("title")),
        messages=tree.messages,
        active=tree.kept_at_or_above(element.get("current_node")),
        made_at=moment(element.get("create_time")),
        changed_at=moment(element.get("update_time")),
        archived=element.get("is_archived") is True,
        pinned=element.get("is_starred") is True,
    )
    used = [said.model for said in talk.messages if said.model]
    talk.model = used[-1] if used else text(element.get("default_model_slug"), 200)
    if lost := len(element["mapping"]) - tree.seen:
        talk.notes.append(_LOOSE.format(number=lost))
    return talk


class _Tree:
    def __init__(self, nodes: dict[str, Any]) -> None:
        self._nodes = nodes
        self._children: dict[str | None, list[str]] = {}
        for key, node in nodes.items():
            parent = node.get("parent")
            known = isinstance(parent, str) and parent in nodes
            self._children.setdefault(parent if known else None, []).append(key)
        self.messages: list[Said] = []
        self._kept: set[str] = set()
        self.seen = 0

    def walk(self) -> None:
        """Without recursion: a conversation may be thousands of nodes long."""
        waiting = [_Place(key, None, "") for key in self._children.get(None, [])[::-1]]
        while waiting:
            place = waiting.pop()
            self.seen += 1
            below = self._children.get(place.key, [])
            parent, thinking = self._look(place, is_last=not below)
            waiting += [_Place(key, parent, thinking) for key in below[::-1]]

    def _look(self, place: _Place, *, is_last: bool) -> tuple[str | None, str]:
        """Keeps the node if it is something that was said; what is below it then hangs on it."""
        message = mapping(self._nodes[place.key].get("message"))
        kind = text(mapping(message.get("content")).get("content_type"))
        if kind in _THINKING and not _hidden(message):
            thinking = "\n\n".join(filter(None, (place.thinking, _thinking(message))))
            if is_last and thinking:
                self._keep(Said(place.key, place.parent, "assistant", "", reasoning=thinking))
            return place.parent, thinking
        said = None if kind in _UNSEEN or _hidden(message) else _said(message, place)
        if said is None:
            return place.parent, place.thinking
        parent = place.parent
        if said.role == "assistant":
            said.reasoning, place.thinking = place.thinking, ""
        elif said.role == "user" and place.thinking:
            # An answer that came no further than thinking.
            parent = f"{place.key} thinking"
            self._keep(Said(parent, place.parent, "assistant", "", reasoning=place.thinking))
            place.thinking = ""
        said.parent = parent
        self._keep(said)
        return said.key, place.thinking

    def _keep(self, said: Said) -> None:
        self.messages.append(said)
        self._kept.add(said.key)

    def kept_at_or_above(self, key: Any) -> str | None:
        looked: set[str] = set()
        while isinstance(key, str) and key in self._nodes and key not in looked:
            if key in self._kept:
                return key
            looked.add(key)
            key = self._nodes[key].get("parent")
        return None


def _hidden(message: Mapping[str, Any]) -> bool:
    metadata = mapping(message.get("metadata"))
    return metadata.get("is_visually_hidden_from_conversation") is True or message.get("weight") == 0


def _thinking(message: Mapping[str, Any]) -> str:
    content = mapping(message.get("content"))
    thoughts = [mapping(each) for each in items(content.get("thoughts"))]
    parts = [part for each in thoughts for part in (text(each.get("summary")), text(each.get("content")))]
    return "\n\n".join(filter(None, [*parts, text(content.get("content"))]))


def _said(message: Mapping[str, Any], place: _Place) -> Said | None:
    role = text(mapping(message.get("author")).get("role"))
    words = words_of(message) if role in _ROLES else ""
    if not words.strip():
        return None
    metadata = mapping(message.get("metadata"))
    said = Said(place.key, place.parent, role, words, at=moment(message.get("create_time")))
    if role == "assistant":
        said.model = text(metadata.get("model_slug"), 200)
        ended = text(mapping(metadata.get("finish_details")).get("type"))
        said.finish_reason = _ENDS.get(ended, "")
        said.status = _status(message, ended)
    return said


def _status(message: Mapping[str, Any], ended: str) -> str:
    if ended == "interrupted":
        return "stopped"
    return "interrupted" if message.get("status") == "in_progress" else "complete"
