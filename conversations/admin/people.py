"""People in the admin: Django's own page, with what one wants to know about somebody at a glance."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from conversations.admin.readonly import NoTextLookups, ReadOnlyAdmin
from conversations.models import Conversation

if TYPE_CHECKING:
    DjangoUserAdmin = UserAdmin[User]
else:
    DjangoUserAdmin = UserAdmin


class PersonAdmin(NoTextLookups, DjangoUserAdmin):
    list_display = (
        "username",
        "email",
        "is_active",
        "is_staff",
        "is_superuser",
        "conversation_count",
        "last_login",
        "date_joined",
    )
    list_filter = ("is_active", "is_staff", "is_superuser", "last_login", "groups")
    date_hierarchy = "date_joined"
    list_per_page = 50
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        rows = Conversation.objects.filter(owner=OuterRef("pk")).order_by().values("owner")
        count = Subquery(rows.annotate(number=Count("pk")).values("number"), output_field=IntegerField())
        people: QuerySet[User] = super().get_queryset(request).annotate(conversation_number=count)
        return people

    @admin.display(description=_("conversations"))
    def conversation_count(self, person: Any) -> int:
        return person.conversation_number or 0

    def get_deleted_objects(
        self, objs: QuerySet[Any] | Sequence[Any], request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[str]]:
        """Says how much goes with a person, not what: Django would list every conversation by its title.

        Who may delete a person may delete what belongs to them, although nobody may pick single
        conversations.
        """
        _, counts, forbidden, protected = super().get_deleted_objects(objs, request)
        ours = {str(model._meta.verbose_name) for model in apps.get_app_config("conversations").get_models()}
        names: list[Any] = [str(person) for person in objs]
        return names, counts, {str(name) for name in forbidden} - ours, protected


class OwnerAdmin(ReadOnlyAdmin):
    """Who made this installation."""

    list_display = ("user", "created_at")
    list_select_related = ("user",)
    fields = ("user", "created_at")


class SetupTokenAdmin(ReadOnlyAdmin):
    """When set-up links were printed; what is in them is nobody's business."""

    list_display = ("created_at",)
    ordering = ("-id",)
    fields = ("created_at",)
