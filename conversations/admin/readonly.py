"""Rows that are looked at and never edited, and lists of them that stay fast when there are millions."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.contrib.admin import ModelAdmin
from django.core.paginator import Paginator
from django.db.models import Model
from django.http import HttpRequest

if TYPE_CHECKING:
    Admin = ModelAdmin[Any]
    Pages = Paginator[Any]
else:
    Admin, Pages = ModelAdmin, Paginator

# As far as anybody turns pages; further back lead filters and the search.
MOST_COUNTED = 10_000

# Columns that hold what people wrote, or secrets.
TEXTS = frozenset(
    {"content", "reasoning", "refusal", "tool_calls", "error", "title", "system_prompt"}
    # Among these are words at which a model is to stop.
    | {"parameters"}
    | {"api_key", "extra_headers", "digest", "password"}
)


class NoTextLookups(Admin):
    """Django filters by any column that an address names: ?content__startswith= would spell texts out."""

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        return TEXTS.isdisjoint(lookup.split("__")) and super().lookup_allowed(lookup, value, request)


class BoundedPaginator(Pages):
    """Counts no further than MOST_COUNTED: counting a million rows takes longer than showing a hundred."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[:MOST_COUNTED].count())


class ReadOnlyAdmin(NoTextLookups):
    """Nothing can be added, changed or deleted, whatever permissions somebody has."""

    actions = None
    list_per_page = 50
    show_full_result_count = False
    paginator = BoundedPaginator
    view_on_site = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
