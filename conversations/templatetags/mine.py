"""What pages of the chat tell a person about their account: budgets, and who read a conversation."""

from typing import Any

from django import template

from conversations import budgets
from conversations.models import Conversation, Reading

register = template.Library()


@register.simple_tag(takes_context=True)
def budget_notices(context: dict[str, Any]) -> list[str]:
    return budgets.notices(context["user"])


@register.simple_tag
def readings_of(conversation: Conversation) -> list[Reading]:
    """The newest few, for the owner."""
    return list(Reading.objects.filter(conversation=conversation).newest_first()[:5])
