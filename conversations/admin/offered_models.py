"""The models of all providers in the admin: hidden, renamed, described, priced; thousands of them."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from conversations.admin.readonly import BoundedPaginator, NoTextLookups
from conversations.admin.shown_prices import in_force, shown_price
from conversations.figures import whole
from conversations.models import OfferedModel

if TYPE_CHECKING:
    Admin = admin.ModelAdmin[OfferedModel]
else:
    Admin = admin.ModelAdmin

_PEOPLE = _("What people see when they choose a model. The server's next list changes none of it.")


_UNDERSTANDS = _("Learnt from its server's answers; change it only if the server has changed.")


class InTheServersList(admin.BooleanFieldListFilter):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = _("whether the server lists it")


class WithPrices(ChangeList):
    """A page of models, the prices of all of them found at once."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        prices = in_force()
        for model in self.result_list:
            model.price_text = shown_price(model, prices)


class OfferedModelAdmin(NoTextLookups, Admin):
    list_display = ("model_id", "display_name", "hidden", "price", "tokens", "provider", "listed")
    list_editable = ("display_name", "hidden")
    list_filter = ("provider", "hidden", ("listed", InTheServersList))
    list_select_related = ("provider",)
    list_per_page = 50
    show_full_result_count = False
    paginator = BoundedPaginator
    search_fields = ("model_id", "display_name")
    search_help_text = _("A part of the server's or of your own name for it")
    ordering = ("provider__name", "position", "id")
    actions = ("hide", "show")
    view_on_site = False
    SHOWN = ("standing", "listed_tokens", "price")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return WithPrices

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        """Room for the columns beside it."""
        return super().get_changelist_form(
            request, widgets={"display_name": forms.TextInput({"size": 16})}, **kwargs
        )

    def get_fieldsets(self, request: HttpRequest, obj: OfferedModel | None = None) -> Any:
        own = ("display_name", "hidden", "context_length", "system_prompt")
        if obj is None:
            return [
                (None, {"fields": ("provider", "model_id")}),
                (_("For people"), {"fields": own, "description": _PEOPLE}),
            ]
        understands = {"fields": ("max_completion_tokens",), "description": _UNDERSTANDS}
        return [
            (None, {"fields": ("provider", "model_id", *self.SHOWN)}),
            (_("For people"), {"fields": own, "description": _PEOPLE}),
            (_("What it understands"), understands),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: OfferedModel | None = None) -> tuple[str, ...]:
        return self.SHOWN if obj is None else (*self.SHOWN, "provider", "model_id")

    def has_delete_permission(self, request: HttpRequest, obj: OfferedModel | None = None) -> bool:
        # What the server lists would come back with its next list; it can be hidden.
        return super().has_delete_permission(request, obj) and obj is not None and not obj.listed

    def save_model(self, request: HttpRequest, obj: OfferedModel, form: Any, change: bool) -> None:
        if not change:
            obj.by_hand, obj.listed = True, False
        super().save_model(request, obj, form, change)

    @admin.display(description=_("where it comes from"), ordering="listed")
    def standing(self, model: OfferedModel) -> str:
        if model.listed:
            return gettext("the server's list")
        return gettext("entered by hand") if model.by_hand else gettext("not in the server's list any more")

    @admin.display(description=_("context"), ordering="listed_context")
    def tokens(self, model: OfferedModel) -> str:
        return whole(model.context) if model.context else "-"

    @admin.display(description=_("context, says the server"))
    def listed_tokens(self, model: OfferedModel) -> str:
        tokens = model.listed_context
        return gettext("%(count)s tokens") % {"count": whole(tokens)} if tokens else gettext("nothing")

    @admin.display(description=_("price per million tokens"))
    def price(self, model: Any) -> str:
        if model.pk is None:
            return "-"
        text: str = getattr(model, "price_text", "") or shown_price(model, in_force())
        return text

    @admin.action(description=_("Hide from people"), permissions=["change"])
    def hide(self, request: HttpRequest, models: QuerySet[OfferedModel]) -> None:
        number = self._set_hidden(request, models, hidden=True)
        words = ngettext(
            "%(count)s hidden. Conversations that use it go on.",
            "%(count)s hidden. Conversations that use them go on.",
            number,
        )
        self.message_user(request, words % {"count": number})

    @admin.action(description=_("Show to people"), permissions=["change"])
    def show(self, request: HttpRequest, models: QuerySet[OfferedModel]) -> None:
        number = self._set_hidden(request, models, hidden=False)
        self.message_user(
            request, ngettext("%(count)s shown.", "%(count)s shown.", number) % {"count": number}
        )

    def _set_hidden(self, request: HttpRequest, models: QuerySet[OfferedModel], *, hidden: bool) -> int:
        chosen = list(models)
        for model in chosen:
            self.log_change(request, model, "Hidden." if hidden else "Shown.")
        return OfferedModel.objects.filter(pk__in=[model.pk for model in chosen]).update(hidden=hidden)
