"""Conversations and messages in the admin: whose, how many, how they ended; never what was written.

Titles are what people wrote, too. Django shows `str(row)` above a page and behind a deletion, so the rows
come without their texts, and are called by their ids.
"""

from typing import Any

from django.contrib import admin
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from conversations.admin.ledger import seconds
from conversations.admin.readonly import ReadOnlyAdmin
from conversations.models import Conversation, Message


class ConversationAdmin(ReadOnlyAdmin):
    list_display = ("id", "owner", "model", "message_count", "created_at", "updated_at")
    list_display_links = ("id",)
    list_filter = ("updated_at",)
    list_select_related = ("owner",)
    search_fields = ("=id", "=owner__username")
    search_help_text = _("A conversation's id or a person's name")
    ordering = ("-updated_at", "-id")
    fields = ("id", "owner", "model", "message_count", "created_at", "updated_at", "reading")
    readonly_fields = ("reading",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Conversation]:
        # A subquery for each row shown; a join would count all messages before the page is cut.
        rows = Message.objects.filter(conversation=OuterRef("pk")).order_by().values("conversation")
        count = Subquery(rows.annotate(number=Count("pk")).values("number"), output_field=IntegerField())
        found: QuerySet[Conversation] = super().get_queryset(request).annotate(message_number=count)
        return found.defer("title", "system_prompt")

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Conversation | None:
        row: Conversation | None = super().get_object(request, object_id, from_field)
        if row is not None:
            row.title = ""  # so that str(row) is its id; nothing here can save it
        return row

    @admin.display(description=_("what was written"))
    def reading(self, row: Conversation) -> str:
        address = reverse("admin:read_conversation", args=[row.pk])
        return format_html('<a href="{}">{}</a>', address, _("Read, for a stated reason that its owner sees"))

    @admin.display(description=_("messages"))
    def message_count(self, row: Any) -> int:
        return row.message_number or 0


class MessageAdmin(ReadOnlyAdmin):
    list_display = (
        "id",
        "person",
        "role",
        "status",
        "finish_reason",
        "model",
        "tokens",
        "first_token",
        "duration",
        "created_at",
    )
    list_filter = ("created_at", "role", "status")
    list_select_related = ("conversation__owner",)
    search_fields = ("=id", "=conversation__id", "=conversation__owner__username")
    search_help_text = _("A message's or a conversation's id, or a person's name")
    ordering = ("-created_at", "-id")
    fields = (
        "id",
        "conversation_id",
        "parent_id",
        "person",
        "role",
        "status",
        "finish_reason",
        "model",
        "tokens",
        "first_token",
        "duration",
        "created_at",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        texts = ("content", "reasoning", "refusal", "tool_calls", "error")
        titles = ("conversation__title", "conversation__system_prompt")
        return super().get_queryset(request).select_related("conversation__owner").defer(*texts, *titles)

    @admin.display(description=_("person"), ordering="conversation__owner__username")
    def person(self, row: Message) -> str:
        return str(row.conversation.owner)

    @admin.display(description=_("tokens"))
    def tokens(self, row: Message) -> str:
        total = (row.usage or {}).get("total_tokens")
        return "-" if total is None else str(total)

    @admin.display(description=_("first token"), ordering="ttft_ms")
    def first_token(self, row: Message) -> str:
        return seconds(row.ttft_ms)

    @admin.display(description=_("duration"), ordering="duration_ms")
    def duration(self, row: Message) -> str:
        return seconds(row.duration_ms)
