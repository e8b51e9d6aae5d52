"""What every page of the chat tells its person: budgets, the keys, and who read a conversation."""

from typing import Any

from django import template

from conversations import budgets, shortcuts
from conversations.models import Conversation, Reading
from conversations.models.occupied import has_rows

register = template.Library()


@register.simple_tag(takes_context=True)
def budget_notices(context: dict[str, Any]) -> list[str]:
    return budgets.notices(context["user"])


@register.simple_tag
def readings_of(conversation: Conversation) -> list[Reading]:
    """The newest few, for the owner."""
    if not has_rows(Reading):
        return []
    return list(Reading.objects.filter(conversation=conversation).newest_first()[:5])


@register.simple_tag
def shortcut_groups() -> tuple[shortcuts.Group, ...]:
    return shortcuts.GROUPS
