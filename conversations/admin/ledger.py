"""The ledger in the admin: every upstream request, without what was said in it."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from conversations.admin.readonly import ReadOnlyAdmin
from conversations.models import Generation, GenerationEvent


class GenerationAdmin(ReadOnlyAdmin):
    # Without date_hierarchy: for its years it would read all rows.
    list_display = (
        "created_at",
        "user_name",
        "provider_name",
        "model_requested",
        "purpose",
        "outcome",
        "tokens",
        "charged",
        "first_token",
        "duration",
    )
    list_filter = ("created_at", "status", "purpose", "source", "provider")
    search_fields = ("=id", "=user_name", "model_requested", "model_answered", "=upstream_id", "=error_kind")
    search_help_text = _("A person's name, a part of a model's name, the server's id or a kind of error")
    ordering = ("-created_at", "-id")
    # `error` is left out: servers like to quote the prompt in it. `error_kind` and `status_code` say enough.
    fieldsets = (
        (None, {"fields": ("id", "user_name", "purpose", "conversation_id", "message_id")}),
        (_("Asked"), {"fields": ("provider_name", "model_requested", "model_answered", "upstream_id")}),
        (_("Outcome"), {"fields": ("status", "finish_reason", "error_kind", "status_code", "attempts")}),
        (
            _("Tokens"),
            {
                "fields": (
                    "prompt_tokens",
                    "completion_tokens",
                    "total_tokens",
                    "cached_tokens",
                    "reasoning_tokens",
                    "prompt_audio_tokens",
                    "completion_audio_tokens",
                    "accepted_prediction_tokens",
                    "rejected_prediction_tokens",
                    "source",
                    "usage_details",
                    "charged",
                    "price",
                )
            },
        ),
        (
            _("Times"),
            {
                "fields": (
                    "created_at",
                    "started_at",
                    "ended_at",
                    "first_token",
                    "duration",
                    "stop_requested_at",
                )
            },
        ),
        (_("Runner"), {"fields": ("owner", "fence", "lease_until", "first_seq", "last_seq")}),
    )

    @admin.display(description=_("outcome"), ordering="status")
    def outcome(self, row: Generation) -> str:
        reason = row.error_kind or row.finish_reason
        return f"{row.get_status_display()}{f' ({reason})' if reason else ''}"

    @admin.display(description=_("tokens in + out"), ordering="total_tokens")
    def tokens(self, row: Generation) -> str:
        if row.prompt_tokens is None and row.completion_tokens is None:
            return "-"
        sign = "≈ " if row.source == Generation.Source.ESTIMATED else ""
        return f"{sign}{row.prompt_tokens or 0} + {row.completion_tokens or 0}"

    @admin.display(description=_("first token"), ordering="ttft_ms")
    def first_token(self, row: Generation) -> str:
        return seconds(row.ttft_ms)

    @admin.display(description=_("duration"), ordering="duration_ms")
    def duration(self, row: Generation) -> str:
        return seconds(row.duration_ms)

    @admin.display(description=_("cost"), ordering="cost")
    def charged(self, row: Generation) -> str:
        return "-" if row.cost is None else f"{row.cost:f} {row.currency}"


def seconds(milliseconds: int | None) -> str:
    return "-" if milliseconds is None else f"{milliseconds / 1000:.2f} s"


class EventAdmin(ReadOnlyAdmin):
    """The log of what runs at this moment: how far each answer is, not what it says."""

    list_display = ("generation_id", "seq_from", "seq_to")
    search_fields = ("=generation__id",)
    ordering = ("-id",)
    fields = ("generation_id", "seq_from", "seq_to")

    def get_queryset(self, request: HttpRequest) -> QuerySet[GenerationEvent]:
        rows: QuerySet[GenerationEvent] = super().get_queryset(request)
        return rows.defer("content", "reasoning", "refusal")
