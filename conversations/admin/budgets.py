"""Budgets, access to models and limits of groups in the admin."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from conversations.models import Budget, GroupLimit, ModelAccess

if TYPE_CHECKING:
    Budgets = admin.ModelAdmin[Budget]
    Accesses = admin.ModelAdmin[ModelAccess]
    Limits = admin.ModelAdmin[GroupLimit]
else:
    Budgets = Accesses = Limits = admin.ModelAdmin


class BudgetAdmin(Budgets):
    list_display = ("__str__", "user", "group", "each", "model", "period", "hard", "enabled")
    list_filter = ("enabled", "hard", "period", "unit", "group")
    list_select_related = ("user", "group")
    search_fields = ("=user__username", "=group__name", "model")
    autocomplete_fields = ("user", "group")
    fieldsets = (
        (_("Who"), {"fields": ("user", "group", "each")}),
        (_("What"), {"fields": ("model", "amount", "unit", "currency", "period")}),
        (_("When it is used up"), {"fields": ("hard", "enabled")}),
    )


class ModelAccessAdmin(Accesses):
    list_display = ("model", "who")
    search_fields = ("model",)
    filter_horizontal = ("groups",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ModelAccess]:
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description=_("only for"))
    def who(self, row: Any) -> str:
        return ", ".join(sorted(str(group) for group in row.groups.all())) or gettext("administrators")


class GroupLimitAdmin(Limits):
    list_display = ("group", "messages_per_minute", "running_at_once")
    list_select_related = ("group",)
    autocomplete_fields = ("group",)
