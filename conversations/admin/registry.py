"""Which of our rows the admin shows, and how."""

from typing import Any

from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.auth.models import User
from django.db.models import Model

from conversations.admin.audit import AuditAdmin
from conversations.admin.budgets import BudgetAdmin, GroupLimitAdmin, ModelAccessAdmin
from conversations.admin.conversations import ConversationAdmin, MessageAdmin
from conversations.admin.ledger import EventAdmin, GenerationAdmin
from conversations.admin.names import in_all_languages
from conversations.admin.offered_models import OfferedModelAdmin
from conversations.admin.people import OwnerAdmin, PersonAdmin, SetupTokenAdmin
from conversations.admin.prices import ModelPriceAdmin
from conversations.admin.providers import ProviderAdmin
from conversations.models import (
    AuditEntry,
    Budget,
    Conversation,
    Generation,
    GenerationEvent,
    GroupLimit,
    Message,
    ModelAccess,
    ModelPrice,
    OfferedModel,
    Owner,
    Provider,
    SetupToken,
)

REGISTRY: "dict[type[Model], type[ModelAdmin[Any]]]" = {
    Provider: ProviderAdmin,
    ModelPrice: ModelPriceAdmin,
    Budget: BudgetAdmin,
    AuditEntry: AuditAdmin,
    ModelAccess: ModelAccessAdmin,
    GroupLimit: GroupLimitAdmin,
    OfferedModel: OfferedModelAdmin,
    Conversation: ConversationAdmin,
    Message: MessageAdmin,
    Generation: GenerationAdmin,
    GenerationEvent: EventAdmin,
    Owner: OwnerAdmin,
    SetupToken: SetupTokenAdmin,
}


def register(site: AdminSite) -> None:
    """Registers our rows, and our page for people in the place of Django's."""
    for model, admin_class in REGISTRY.items():
        in_all_languages(model)
        site.register(model, admin_class)
    site.unregister(User)
    site.register(User, PersonAdmin)
