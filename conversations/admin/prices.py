"""Prices in the admin: what an administrator enters here wins over the price lists, from its day on."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from conversations.models import ModelPrice

if TYPE_CHECKING:
    Admin = admin.ModelAdmin[ModelPrice]
else:
    Admin = admin.ModelAdmin


class ModelPriceAdmin(Admin):
    list_display = (
        "model", "provider", "input_price", "cached_price", "output_price", "reasoning_price",
        "currency", "valid_from",
    )  # fmt: skip
    list_filter = ("provider", "currency")
    list_select_related = ("provider",)
    search_fields = ("model",)
    ordering = ("model", "-valid_from")
    fieldsets = (
        (
            None,
            {
                "fields": ("provider", "model", "valid_from", "currency"),
                "description": _(
                    "Requests that have ended keep the price that they were counted with. "
                    "To change a price, add a new one with the day from which it holds."
                ),
            },
        ),
        (
            _("Per million tokens"),
            {
                "fields": ("input_price", "cached_price", "output_price", "reasoning_price"),
                "description": _("Empty: cached input costs what input costs, reasoning what output costs."),
            },
        ),
    )

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"model": request.GET.get("model", ""), "provider": request.GET.get("provider", "")} | {
            str(name): value for name, value in super().get_changeform_initial_data(request).items()
        }
