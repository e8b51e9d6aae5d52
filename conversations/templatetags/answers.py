"""What the templates ask about messages: the rendered body, facts under an answer."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from conversations.articles import article
from conversations.figures import rounded, whole
from conversations.labels import labelled
from conversations.models import Message
from conversations.models.status import Status
from conversations.outcomes import outcome_of
from conversations.parameters import described
from conversations.rendering import OpenBlocks, in_parts, render, render_in_parts
from conversations.retelling import retold

register = template.Library()

_NOTHING_YET = mark_safe('<open-block class="message__open"></open-block>')

# Characters of an answer whose HTML is kept: four megabytes at the most, for pages that are opened again.
_SHORT = 4_000
_kept = lru_cache(maxsize=500)(render_in_parts)


@dataclass(frozen=True, slots=True)
class Fact:
    """One word or figure under an answer; `name` is the field it tells about."""

    name: str
    text: str
    hint: str = ""
    strong: bool = False


@register.simple_tag(name="article")
def article_tag(message: Message) -> SafeString:
    """The whole element of a message, which is often kept from before."""
    return mark_safe(article(message))  # noqa: S308 (a rendered template)


@register.filter
def body(message: Message) -> SafeString:
    """An answer's Markdown as safe HTML; while it runs, the finished blocks and then the open one as text."""
    if not message.is_running:
        rendered = _kept if len(message.content) <= _SHORT else render_in_parts
        return mark_safe(labelled(rendered(message.content, anchor=str(message.id))))  # noqa: S308 (rendering ends with the sanitiser)
    if not message.content:
        return _NOTHING_YET
    blocks = OpenBlocks()
    blocks.feed(message.content)
    blocks.settle()
    settled = mark_safe(labelled(in_parts(blocks.blocks)))  # noqa: S308 (the same)
    return format_html('{}<open-block class="message__open">{}</open-block>', settled, blocks.rest)


@register.simple_tag
def settled_body(message: Message) -> SafeString:
    """The Markdown as safe HTML, whole, also of an answer that is still being written: for copies."""
    return mark_safe(labelled(render(message.content, anchor=str(message.id))))  # noqa: S308 (render ends with the sanitiser)


@register.filter(name="retold")
def retold_filter(error: str) -> str:
    """Why an answer failed, in the reader's language."""
    return retold(error)


@register.filter
def reasoning_words(message: Message) -> str:
    """What stands over the folded reasoning of an answer that has ended."""
    if not message.reasoning_ms:
        return _("Reasoning")
    return _("Thought for %(time)s") % {"time": whole_seconds(message.reasoning_ms)}


def whole_seconds(milliseconds: int) -> str:
    """`1 s` at least, `42 s`, `2 min 5 s`."""
    minutes, seconds = divmod(max(1, round(milliseconds / 1000)), 60)
    return (
        _("%(minutes)s min %(seconds)s s") % {"minutes": minutes, "seconds": seconds}
        if minutes
        else _("%(seconds)s s") % {"seconds": seconds}
    )


@register.filter
def begun(message: Message) -> bool:
    """Its text has begun to come: nothing is waited for any more."""
    return bool(message.content) and message.status == Status.STREAMING


@register.filter
def elapsed(message: Message) -> int:
    """Whole seconds since the message was asked for."""
    return max(0, int((timezone.now() - message.created_at).total_seconds()))


@register.filter
def facts(message: Message) -> list[Fact]:
    """Outcome, finish_reason, model, tokens and timings, as far as they are known."""
    return [fact for fact in (*_outcome(message), *_measures(message)) if fact.text]


def _outcome(message: Message) -> Iterable[Fact]:
    outcome = outcome_of(message)
    yield Fact("status", str(outcome.words), strong=not outcome.is_good)
    if message.stopped_in_ms is not None:
        text = _("closed in %(time)s") % {"time": duration(message.stopped_in_ms)}
        yield Fact("stopped_in_ms", text, _("From Stop to the closed connection to the model's server"))
    yield Fact("finish_reason", message.finish_reason, _("finish_reason, as the model's server gave it"))
    yield Fact("model", message.model, _asked_with(message))


def _asked_with(message: Message) -> str:
    asked = described(message.parameters)
    return _("Asked with %(parameters)s") % {"parameters": asked} if asked else ""


def _measures(message: Message) -> Iterable[Fact]:
    usage: dict[str, Any] = message.usage or {}
    tokens = usage.get("completion_tokens")
    if tokens is not None:
        about = "≈ " if usage.get("source") == "estimated" else ""
        text = about + ngettext("%(count)s token", "%(count)s tokens", tokens) % {"count": whole(tokens)}
        yield Fact("completion_tokens", text, _usage_hint(usage))
    if message.ttft_ms is not None:
        text = _("first token after %(time)s") % {"time": duration(message.ttft_ms)}
        yield Fact("ttft_ms", text, _("From sending the request to the first text"))
    if message.tokens_per_second is not None:
        text = _("%(rate)s tokens/s") % {"rate": rounded(message.tokens_per_second, 1)}
        yield Fact("tokens_per_second", text, _("From the first token to the end"))


def _usage_hint(usage: dict[str, Any]) -> str:
    known = {
        _("prompt %(count)s"): usage.get("prompt_tokens"),
        _("answer %(count)s"): usage.get("completion_tokens"),
    }
    parts = [words % {"count": whole(count)} for words, count in known.items() if count is not None]
    if usage.get("source") == "estimated":
        parts.append(_("estimated: the server reported nothing"))
    return ", ".join(parts)


def duration(milliseconds: int) -> str:
    """`320 ms`, `4.2 s`, `2 min 5 s`."""
    if milliseconds < 1000:
        return _("%(milliseconds)s ms") % {"milliseconds": milliseconds}
    seconds = milliseconds / 1000
    if seconds < 60:
        return _("%(seconds)s s") % {"seconds": rounded(seconds, 1)}
    minutes = {"minutes": int(seconds // 60), "seconds": int(seconds % 60)}
    return _("%(minutes)s min %(seconds)s s") % minutes


@register.filter
def time_taken(milliseconds: int) -> str:
    return duration(milliseconds)


@register.simple_tag
def signup_open() -> bool:
    """May strangers make accounts here?"""
    return bool(settings.SIGNUP_OPEN)
