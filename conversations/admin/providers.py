"""Providers in the admin: the servers that answer, what they are asked with, and how they are."""

from typing import TYPE_CHECKING, Any

from asgiref.sync import async_to_sync
from django.conf import settings
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, reverse
from django.utils.html import format_html
from django.utils.timesince import timesince
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from conversations import catalogue, lifecycle
from conversations.admin.provider_form import ProviderForm
from conversations.admin.provider_probe import probe_urls
from conversations.admin.readonly import NoTextLookups
from conversations.models import OfferedModel, Provider
from conversations.models.provider import SECRETS
from conversations.parameters import NAMES, described
from conversations.retelling import retold
from conversations.upstream.later import LaterClient

if TYPE_CHECKING:
    Admin = admin.ModelAdmin[Provider]
else:
    Admin = admin.ModelAdmin

_HIDDEN = "••••"
# What was removed, in the order of SECRETS.
_LOST = {
    ("api_key",): _("The stored key was removed, because the address leads to another server now."),
    ("extra_headers",): _(
        "The stored headers were removed, because the address leads to another server now."
    ),
    SECRETS: _("The stored key and headers were removed, because the address leads to another server now."),
}
_HEADERS = _("For servers that want more than a key: Azure's api-key, an organisation, a gateway's token.")
_MODELS = _("The server's list is fetched every ten minutes; what you change about a model stays.")
_PARAMETERS = _(
    "For every conversation with this server that does not set its own. Empty: as the server does."
)
_UNDERSTANDS = _("Learnt from its own answers; change it only if the server has changed.")


class ProviderAdmin(NoTextLookups, Admin):
    form = ProviderForm
    list_display = ("name", "model_count", "last_look", "enabled", "is_default", "key_state", "base_url")
    list_filter = ("enabled", "kind")
    search_fields = ("name", "base_url", "default_model")
    ordering = ("-is_default", "name")
    actions = ("test_connection", "fetch_models", "make_default")
    view_on_site = False
    UNDERSTANDS = ("stream_options", "developer_role", "max_completion_tokens")
    # What we wrote ourselves is kept up to date by us; one may only switch it off.
    OURS = ("name", "base_url", "default_model", *UNDERSTANDS)
    SHOWN = (
        "kind",
        "is_default",
        "key_state",
        "header_state",
        "parameter_state",
        "model_list",
        "list_state",
        "created_at",
    )

    def get_fieldsets(self, request: HttpRequest, obj: Provider | None = None) -> Any:
        if obj is None:
            plain = ("name", "base_url", "new_key", "default_model", "enabled")
            headers: tuple[str, ...] = ("new_headers",)
            parameters: tuple[str, ...] = NAMES
            return [(None, {"fields": plain}), *_folded(headers, parameters)]
        edits = self.has_change_permission(request, obj)
        entered = edits and _is_entered(obj)
        keys = ("key_state", "new_key", "forget_key") if entered else ("key_state",)
        headers = ("header_state", "new_headers", "forget_headers") if entered else ("header_state",)
        parameters = NAMES if edits else ("parameter_state",)
        return [
            (None, {"fields": ("name", "kind", "base_url", *keys, "enabled", "is_default")}),
            (_("Models"), {"fields": ("default_model", "model_list", "list_state"), "description": _MODELS}),
            *_folded(headers, parameters),
            (
                _("What this server understands"),
                {"fields": (*self.UNDERSTANDS, "continuation", "created_at"), "description": _UNDERSTANDS},
            ),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Provider | None = None) -> tuple[str, ...]:
        return self.SHOWN if obj is None or _is_entered(obj) else (*self.SHOWN, *self.OURS)

    def get_urls(self) -> list[URLPattern]:
        return probe_urls(self) + super().get_urls()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Provider]:
        offered = Q(offered__listed=True) | Q(offered__by_hand=True)
        providers: QuerySet[Provider] = super().get_queryset(request)
        return providers.annotate(
            visible_models=Count("offered", filter=offered & Q(offered__hidden=False)),
            hidden_models=Count("offered", filter=offered & Q(offered__hidden=True)),
        )

    def has_delete_permission(self, request: HttpRequest, obj: Provider | None = None) -> bool:
        # The others would come back with the next start.
        return super().has_delete_permission(request, obj) and (obj is None or _is_entered(obj))

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Only the rows themselves: the ledger stays, and its list could be endless."""
        ours = {str(provider) for provider in objs if not _is_entered(provider)}
        return [str(provider) for provider in objs], {gettext("providers"): len(objs)}, ours, []

    @admin.display(description=_("key"))
    def key_state(self, provider: Provider) -> str:
        if provider.has_unreadable_secrets:
            return gettext("stored, but not readable since SECRET_KEY was changed: please enter it again")
        return gettext("•••• set") if provider.has_key else gettext("not set")

    @admin.display(description=_("stored headers"))
    def header_state(self, provider: Provider) -> str:
        return ", ".join(f"{name}: {_HIDDEN}" for name, _value in provider.headers) or gettext("none")

    @admin.display(description=_("parameters"))
    def parameter_state(self, provider: Provider) -> str:
        return described(provider.parameters) or gettext("none")

    @admin.display(description=_("models"), ordering="visible_models")
    def model_count(self, provider: Any) -> str:
        address = reverse("admin:conversations_offeredmodel_changelist")
        return format_html(
            '<a href="{}?provider__id__exact={}">{}</a>', address, provider.pk, _count(provider)
        )

    @admin.display(description=_("models"))
    def model_list(self, provider: Any) -> str:
        if provider.pk is None:
            return "-"
        shown = provider.offered.visible().order_by("position", "id").values_list("model_id", flat=True)[:6]
        names = ", ".join(shown) + (" …" if provider.visible_models > len(shown) else "")
        return (
            format_html("{}: {}", self.model_count(provider), names) if names else self.model_count(provider)
        )

    @admin.display(description=_("list of models"))
    def list_state(self, provider: Provider) -> str:
        fetched = provider.models_checked_at
        age = (
            gettext("fetched {time} ago").format(time=timesince(fetched))
            if fetched
            else gettext("not fetched yet")
        )
        if not provider.models_error or provider.models_error_at is None:
            return age
        tried = gettext("tried again {time} ago: {error}")
        said = retold(provider.models_error)
        return f"{age}; {tried.format(time=timesince(provider.models_error_at), error=said)}"

    @admin.display(description=_("list fetched"), ordering="models_checked_at")
    def last_look(self, provider: Provider) -> str:
        if provider.models_error:
            return gettext("does not answer")
        looked = provider.models_checked_at
        return gettext("{time} ago").format(time=timesince(looked)) if looked else gettext("not yet")

    def save_model(self, request: HttpRequest, obj: Provider, form: Any, change: bool) -> None:
        before = Provider.objects.filter(pk=obj.pk).first() if change else None
        had = [name for name in SECRETS if getattr(obj, name)]
        super().save_model(request, obj, form, change)
        if lost := tuple(name for name in had if not getattr(obj, name)):
            more = gettext("Please enter what the new one needs.")
            messages.warning(request, f"{_LOST[lost]} {more}")
        if before is not None and before.origin != obj.origin:
            OfferedModel.objects.follow(obj.pk, [])
        elsewhere = Provider.objects.filter(is_default=True).exclude(pk=obj.pk)
        if not change:  # whoever adds a server wants a better one than the demo model
            elsewhere = elsewhere.exclude(kind=Provider.Kind.LOCAL)
        if obj.enabled and not obj.is_default and not elsewhere.exists():
            obj.make_default()
        transaction.on_commit(lambda: lifecycle.look_for_models(obj.pk))

    @admin.action(description=_("Test the connection and fetch models"), permissions=["change"])
    def test_connection(self, request: HttpRequest, providers: QuerySet[Provider]) -> None:
        # It needs the HTTP client, which the admin does not need otherwise.
        from conversations.probe import PATIENCE, probe
        from conversations.probe_checks import problems_of, summary_of

        for provider in providers:
            report = async_to_sync(probe)(provider, user=request.user, deadlines=PATIENCE)
            level = messages.SUCCESS if report.can_chat and not problems_of(report) else messages.WARNING
            self.message_user(
                request, f"{provider}: {summary_of(report)}", level if report.can_chat else messages.ERROR
            )

    @admin.action(description=_("Fetch the lists of models"), permissions=["change"])
    def fetch_models(self, request: HttpRequest, providers: QuerySet[Provider]) -> None:
        async_to_sync(_fetch)([provider.pk for provider in providers])
        for provider in providers.all():
            if provider.models_error:
                self.message_user(request, f"{provider}: {retold(provider.models_error)}", messages.WARNING)
            else:
                self.message_user(request, f"{provider}: {_count(provider)}", messages.SUCCESS)

    @admin.action(description=_("Make default"), permissions=["change"])
    def make_default(self, request: HttpRequest, providers: QuerySet[Provider]) -> None:
        chosen = list(providers[:2])
        if len(chosen) != 1:
            self.message_user(request, gettext("Please choose exactly one provider."), messages.ERROR)
            return
        chosen[0].make_default()
        self.log_change(request, chosen[0], [{"changed": {"fields": ["default"]}}])
        self.message_user(
            request,
            gettext("New conversations go to %(provider)s.") % {"provider": chosen[0]},
            messages.SUCCESS,
        )


def _folded(headers: tuple[str, ...], parameters: tuple[str, ...]) -> list[Any]:
    """What few servers need stands folded up."""
    return [
        (
            _("Default parameters"),
            {"fields": parameters, "description": _PARAMETERS, "classes": ("collapse",)},
        ),
        (_("Extra headers"), {"fields": headers, "description": _HEADERS, "classes": ("collapse",)}),
    ]


async def _fetch(provider_ids: list[int]) -> None:
    client = LaterClient(lifecycle.deadlines(), proxy=settings.ENVIRONMENT.upstream_proxy)
    try:
        await catalogue.refresh(client, provider_ids)
    finally:
        await client.aclose()


def _count(provider: Any) -> str:
    """`Any`: a row of ProviderAdmin's queryset, with its counts."""
    count = ngettext("%(count)s model", "%(count)s models", provider.visible_models)
    words = count % {"count": provider.visible_models}
    hidden = gettext("{number} hidden").format(number=provider.hidden_models)
    return f"{words}, {hidden}" if provider.hidden_models else words


def _is_entered(provider: Provider) -> bool:
    return provider.kind == Provider.Kind.CONFIGURED
