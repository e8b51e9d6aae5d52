"""The models that providers offer, a row each: what the server lists, what an administrator made of it."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_noop

from conversations.models.conversation import Conversation
from conversations.models.writing import writing
from conversations.upstream.listing import Listed

# As long as the columns of conversations, messages and the ledger: a longer id could not be asked.
MAX_MODEL_ID = 200
# What a refresh writes; the other columns are an administrator's.
_FROM_THE_SERVER = ("listed", "position", "listed_context")


class OfferedModelQuerySet(models.QuerySet["OfferedModel"]):
    def visible(self) -> "OfferedModelQuerySet":
        """What people can choose: listed by the server or entered by hand, and hidden by nobody."""
        return self.filter(Q(listed=True) | Q(by_hand=True), hidden=False)

    def untouched(self) -> "OfferedModelQuerySet":
        """Rows that say nothing which the server would not say again."""
        used = Conversation.objects.filter(provider=OuterRef("provider"), model=OuterRef("model_id"))
        plain = self.filter(
            by_hand=False, hidden=False, display_name="", system_prompt="", context_length=None
        )
        return plain.filter(~Exists(used))

    def follow(self, provider_id: int, listed: Iterable[Listed]) -> None:
        """Makes a provider's rows what its server lists now.

        A model that is gone keeps its row, unlisted, if an administrator changed it or a conversation has it.
        """
        rows = self.filter(provider_id=provider_id)
        with writing():
            known = {name: tuple(said) for name, *said in rows.values_list("model_id", *_FROM_THE_SERVER)}
            changes = _changes(known, listed)
            self.bulk_create(
                [OfferedModel(provider_id=provider_id, **change) for change in changes],
                update_conflicts=True,
                unique_fields=["provider", "model_id"],
                update_fields=_FROM_THE_SERVER,
            )
            if any(not change["listed"] for change in changes):
                rows.filter(listed=False).untouched().delete()


def _changes(known: dict[str, tuple[Any, ...]], listed: Iterable[Listed]) -> list[dict[str, Any]]:
    """The columns of each row that is not yet what the server says: new, changed or gone."""
    now = {model.id: model.context_length for model in listed if len(model.id) <= MAX_MODEL_ID}
    said: dict[str, tuple[Any, ...]] = {
        name: (True, place, context) for place, (name, context) in enumerate(now.items())
    }
    gone = {name: (False, *rest) for name, (_, *rest) in known.items() if name not in now}
    return [
        {"model_id": name, **dict(zip(_FROM_THE_SERVER, new, strict=True))}
        for name, new in (said | gone).items()
        if known.get(name) != new
    ]


class OfferedModel(models.Model):
    provider = models.ForeignKey("Provider", models.CASCADE, related_name="offered")
    model_id = models.CharField(
        gettext_noop("model"),
        max_length=MAX_MODEL_ID,
        help_text=gettext_noop("Exactly as the server calls it"),
    )
    # The server's place for it in its list, which says how long the context is at most.
    listed = models.BooleanField(gettext_noop("in the server's list"), default=True)
    position = models.PositiveIntegerField(default=0, editable=False)
    listed_context = models.PositiveIntegerField(null=True, blank=True, editable=False)
    # An administrator's. Some servers list nothing, or not everything that they have.
    by_hand = models.BooleanField(gettext_noop("entered by hand"), default=False, editable=False)
    hidden = models.BooleanField(
        default=False,
        help_text=gettext_noop("Nobody can choose it any more; conversations that use it already go on"),
    )
    display_name = models.CharField(
        gettext_noop("name"),
        max_length=100,
        blank=True,
        default="",
        help_text=gettext_noop("Shown instead of the model's id"),
    )
    context_length = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text=gettext_noop("Tokens of prompt and answer together. Empty: what the server says"),
    )
    system_prompt = models.TextField(
        gettext_noop("instructions"),
        blank=True,
        default="",
        help_text=gettext_noop("For new conversations with this model that bring none of their own"),
    )
    # What its server taught us about it: behind one address, models may differ.
    max_completion_tokens = models.BooleanField(
        gettext_noop("wants max_completion_tokens"),
        default=False,
        help_text=gettext_noop("On once it refused max_tokens and asked for this name instead"),
    )

    if TYPE_CHECKING:
        provider_id: int

    objects: ClassVar[OfferedModelQuerySet] = OfferedModelQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = gettext_noop("model")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider", "model_id"], name="one_row_per_offered_model"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["provider", "position"], name="offered_in_order"),
            models.Index(fields=["model_id"], name="offered_by_id"),
        ]

    def __str__(self) -> str:
        return self.display_name or self.model_id

    @property
    def is_offered(self) -> bool:
        return self.listed or self.by_hand

    @property
    def context(self) -> int | None:
        """Tokens that fit into one request and its answer, as far as anybody said."""
        return self.context_length or self.listed_context
