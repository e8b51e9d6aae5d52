"""One conversation of our own export.json."""

from collections.abc import Mapping
from typing import Any

from conversations import parameters
from conversations.growth import TOKEN_FIELDS
from conversations.importing.talks import (
    SENSELESS,
    Said,
    Talk,
    Unfit,
    count,
    items,
    mapping,
    moment,
    planted,
    text,
)
from conversations.models.status import FINAL
from conversations.sentences import gettext_noop

_ROLES = {"system", "developer", "user", "assistant", "tool"}
_ENDED = {status.value for status in FINAL}


def is_it(element: Mapping[str, Any]) -> bool:
    return isinstance(element.get("messages"), list) and isinstance(element.get("id"), str)


def read(element: Mapping[str, Any]) -> Talk:
    told = [mapping(each) for each in element["messages"]]
    fit = [_said(each) for each in told if _is_fit(each)]
    messages, lost = planted(fit)
    if not messages:
        raise Unfit(gettext_noop("It holds no messages."))
    talk = Talk(
        source="export",
        source_id=text(element["id"], 100),
        title=text(element.get("title")),
        messages=messages,
        active=element["active"] if isinstance(element.get("active"), str) else None,
        made_at=moment(element.get("created_at")),
        changed_at=moment(element.get("updated_at")),
        model=text(element.get("model"), 200),
        system_prompt=text(element.get("system_prompt")),
        parameters=_parameters(element.get("parameters")),
    )
    if lost := lost + len(told) - len(fit):
        talk.notes.append(SENSELESS.format(number=lost))
    return talk


def _is_fit(told: Mapping[str, Any]) -> bool:
    return isinstance(told.get("id"), str) and text(told.get("role")) in _ROLES


def _said(told: Mapping[str, Any]) -> Said:
    parent = told.get("parent")
    said = Said(
        key=told["id"],
        parent=parent if isinstance(parent, str) else None,
        role=told["role"],
        content=text(told.get("content")),
        at=moment(told.get("created_at")),
    )
    if said.role != "assistant":
        return said
    status = text(told.get("status"))
    # An answer that was running when it was exported is not running here.
    said.status = status if status in _ENDED else "interrupted"
    said.reasoning, said.refusal = text(told.get("reasoning")), text(told.get("refusal"))
    said.model, said.error = text(told.get("model"), 200), text(told.get("error"))
    said.finish_reason = text(told.get("finish_reason"), 40)
    said.tool_calls = [_call(each) for each in items(told.get("tool_calls")) if isinstance(each, dict)]
    said.parameters, said.usage = _parameters(told.get("parameters")), _usage(told.get("usage"))
    said.ttft_ms, said.duration_ms = count(told.get("ttft_ms")), count(told.get("duration_ms"))
    return said


def _call(told: Mapping[str, Any]) -> dict[str, str]:
    return {name: text(told.get(name)) for name in ("id", "name", "arguments") if name in told}


def _parameters(told: Any) -> dict[str, Any]:
    try:
        return parameters.clean_parameters(mapping(told))
    except parameters.BadParameters:
        return {}


def _usage(told: Any) -> dict[str, Any] | None:
    told = mapping(told)
    known = {name: number for name in TOKEN_FIELDS if (number := count(told.get(name))) is not None}
    source = told.get("source")
    return {**known, "source": "reported" if source == "reported" else "estimated"} if known else None
