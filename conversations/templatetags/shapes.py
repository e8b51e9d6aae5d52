"""What decides the form of a message's element; the rest is filled in, for messages of one form are many."""

from html import escape
from typing import NamedTuple

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from conversations.models import Message
from conversations.outcomes import outcome_of
from conversations.templatetags.answers import Fact, begun, facts
from conversations.variants import Variants
from conversations.weighing import held_by

register = template.Library()


_OURS = (Message.Role.USER, Message.Role.ASSISTANT)


class Shape(NamedTuple):
    """By all of this an element differs in more than a text."""

    role: str
    role_name: str
    status: str
    running: bool
    begun: bool
    says: bool
    thinks: bool
    refuses: bool
    failed: bool
    follows: bool
    asked_here: bool
    weighed: bool
    action: str


@register.filter
def shape(message: Message) -> Shape:
    return Shape(
        role=message.role,
        role_name="" if message.role in _OURS else str(message.get_role_display()),
        status=message.status,
        running=message.is_running,
        begun=begun(message),
        says=bool(message.content),
        thinks=bool(message.reasoning),
        refuses=bool(message.refusal),
        failed=bool(message.error),
        follows=message.parent_id is not None,
        asked_here=message.client_id is not None,
        weighed=held_by(message) is not None,
        action=outcome_of(message).action,
    )


@register.filter
def fact_items(message: Message) -> SafeString:
    """The facts under an answer, as items of a list."""
    return mark_safe("".join([_item(fact) for fact in facts(message)]))  # noqa: S308 (escaped in _item)


def _item(fact: Fact) -> str:
    strong = ' class="message__outcome"' if fact.strong else ""
    hint = f' title="{escape(fact.hint)}"' if fact.hint else ""
    return f'<li data-fact="{fact.name}"{strong}{hint}>{escape(fact.text)}</li>'


@register.filter
def variant_switch(message: Message) -> str:
    """Its place among its variants, and the way to the others; "" where there are none."""
    variants = Variants.of(message.id, message.variants)
    if variants.count == 1:
        return ""
    return render_to_string("conversations/_variants.html", {"message": message, "variants": variants})


@register.filter
def tool_calls(message: Message) -> str:
    if not message.tool_calls:
        return ""
    return render_to_string("conversations/_tool_calls.html", {"calls": message.tool_calls})
