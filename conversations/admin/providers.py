"""Providers in the admin: a key goes in and never comes out, and a connection can be tried at once."""

from typing import TYPE_CHECKING, Any

from asgiref.sync import async_to_sync
from django import forms
from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest

from conversations.admin.readonly import NoTextLookups
from conversations.models import Provider

if TYPE_CHECKING:
    Admin = admin.ModelAdmin[Provider]
    ProviderModelForm = forms.ModelForm[Provider]
else:
    Admin, ProviderModelForm = admin.ModelAdmin, forms.ModelForm


class ProviderForm(ProviderModelForm):
    new_key = forms.RegexField(
        regex=r"^[\x21-\x7e]+$",
        label="API key",
        required=False,
        max_length=1000,
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "new-password"}),
        help_text="Stored encrypted and never shown again. Empty: the stored key stays, "
        "unless the address changes to another server.",
        error_messages={"invalid": "A key has no spaces and no special letters."},
    )
    forget_key = forms.BooleanField(label="Remove the stored key", required=False)

    class Meta:
        model = Provider
        fields = (
            "name",
            "base_url",
            "default_model",
            "enabled",
            "stream_options",
            "developer_role",
            "max_completion_tokens",
        )
        widgets = {"base_url": forms.TextInput(attrs={"class": "vTextField", "inputmode": "url"})}
        help_texts = {
            "base_url": "Where /chat/completions begins, such as https://api.openai.com/v1",
            "default_model": "Empty: the first model that the server lists",
        }

    def _post_clean(self) -> None:
        # Before the instance is checked and saved, so that every path through the form treats keys alike.
        super()._post_clean()  # type: ignore[misc]
        # Fields that are declared above are in every form, also where the page does not show them.
        if not _is_entered(self.instance):
            return
        if self.cleaned_data.get("new_key"):
            self.instance.enter_key(self.cleaned_data["new_key"])
        elif self.cleaned_data.get("forget_key"):
            self.instance.enter_key("")


class ProviderAdmin(NoTextLookups, Admin):
    form = ProviderForm
    list_display = (
        "name",
        "kind",
        "base_url",
        "key_state",
        "enabled",
        "is_default",
        "default_model",
        "model_count",
        "models_checked_at",
    )
    list_filter = ("enabled", "kind")
    search_fields = ("name", "base_url", "default_model")
    ordering = ("-is_default", "name")
    actions = ("test_connection", "make_default")
    view_on_site = False
    # What we wrote ourselves is kept up to date by us; one may only switch it off.
    OURS = ("name", "base_url", "default_model", "stream_options", "developer_role", "max_completion_tokens")
    SHOWN = ("kind", "is_default", "key_state", "model_list", "models_checked_at", "created_at")

    def get_fieldsets(self, request: HttpRequest, obj: Provider | None = None) -> Any:
        if obj is None:
            return [(None, {"fields": ("name", "base_url", "new_key", "default_model", "enabled")})]
        keys = ("key_state", "new_key", "forget_key") if self._may_edit(request, obj) else ("key_state",)
        return [
            (None, {"fields": ("name", "kind", "base_url", *keys, "enabled", "is_default")}),
            ("Models", {"fields": ("default_model", "model_list", "models_checked_at")}),
            (
                "What this server understands",
                {"fields": ("stream_options", "developer_role", "max_completion_tokens", "created_at")},
            ),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Provider | None = None) -> tuple[str, ...]:
        return self.SHOWN if obj is None or _is_entered(obj) else (*self.SHOWN, *self.OURS)

    def _may_edit(self, request: HttpRequest, obj: Provider) -> bool:
        return _is_entered(obj) and self.has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Provider | None = None) -> bool:
        # The others would come back with the next start.
        return super().has_delete_permission(request, obj) and (obj is None or _is_entered(obj))

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Only the rows themselves: the ledger stays, and its list could be endless."""
        ours = {str(provider) for provider in objs if not _is_entered(provider)}
        return [str(provider) for provider in objs], {"providers": len(objs)}, ours, []

    @admin.display(description="key")
    def key_state(self, provider: Provider) -> str:
        return "•••• set" if provider.has_key else "not set"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Provider]:
        visible = Q(offered__listed=True, offered__hidden=False)
        providers: QuerySet[Provider] = super().get_queryset(request)
        return providers.annotate(visible_models=Count("offered", filter=visible))

    @admin.display(description="models")
    def model_count(self, provider: Any) -> int:
        return int(provider.visible_models)

    @admin.display(description="models")
    def model_list(self, provider: Provider) -> str:
        ids = provider.offered.visible().order_by("position").values_list("model_id", flat=True)
        return ", ".join(ids[:50]) or "not fetched yet"

    def save_model(self, request: HttpRequest, obj: Provider, form: Any, change: bool) -> None:
        had_key = bool(obj.api_key)
        super().save_model(request, obj, form, change)
        if had_key and not obj.api_key:
            text = "The stored key was removed, because it was given for another server. Please enter one."
            messages.warning(request, text)
        if obj.enabled and not Provider.objects.filter(is_default=True).exists():
            obj.make_default()

    @admin.action(description="Test the connection and fetch models", permissions=["change"])
    def test_connection(self, request: HttpRequest, providers: QuerySet[Provider]) -> None:
        # It needs the HTTP client, which the admin does not need otherwise.
        from conversations.probe import PATIENCE, probe

        for provider in providers:
            report = async_to_sync(probe)(provider, user=request.user, deadlines=PATIENCE)
            level = messages.SUCCESS if report.can_chat and not report.problems else messages.WARNING
            self.message_user(
                request, f"{provider}: {report.summary()}", level if report.can_chat else messages.ERROR
            )

    @admin.action(description="Make default", permissions=["change"])
    def make_default(self, request: HttpRequest, providers: QuerySet[Provider]) -> None:
        chosen = list(providers[:2])
        if len(chosen) != 1:
            self.message_user(request, "Please choose exactly one provider.", messages.ERROR)
            return
        chosen[0].make_default()
        self.message_user(request, f"New conversations go to {chosen[0]}.", messages.SUCCESS)


def _is_entered(provider: Provider) -> bool:
    return provider.kind == Provider.Kind.CONFIGURED
