"""What the admin calls our rows and their columns, in the reader's language.

Models write their names as plain text, which other languages find in the catalogues; here they become texts
that wait for the language of the request. Names that Django makes up from those of columns are listed below.
"""

from typing import Any

from django.db.models import Field, Model
from django.utils.translation import gettext_lazy, gettext_noop

# Made up: "created_at" is "created at", several of "owner" are "owners", and prices have a unit.
MADE_UP = (
    gettext_noop("about"), gettext_noop("accepted prediction tokens"), gettext_noop("amount"),
    gettext_noop("attempts"), gettext_noop("budget"), gettext_noop("budgets"),
    gettext_noop("cached tokens"), gettext_noop("completion audio tokens"),
    gettext_noop("completion tokens"), gettext_noop("context length"), gettext_noop("continuation"),
    gettext_noop("conversation"), gettext_noop("conversations"), gettext_noop("created at"),
    gettext_noop("currency"), gettext_noop("default model"), gettext_noop("detail"),
    gettext_noop("enabled"), gettext_noop("ended at"), gettext_noop("error kind"), gettext_noop("fence"),
    gettext_noop("finish reason"), gettext_noop("first seq"), gettext_noop("generation"),
    gettext_noop("generation event"), gettext_noop("generation events"), gettext_noop("generations"),
    gettext_noop("group"), gettext_noop("group limit"), gettext_noop("group limits"),
    gettext_noop("groups"), gettext_noop("hard"), gettext_noop("hidden"), gettext_noop("id"),
    gettext_noop("kind"), gettext_noop("last seq"), gettext_noop("lease until"), gettext_noop("message"),
    gettext_noop("messages"), gettext_noop("messages per minute"), gettext_noop("model answered"),
    gettext_noop("model requested"), gettext_noop("models"), gettext_noop("models checked at"),
    gettext_noop("owner"), gettext_noop("owners"), gettext_noop("parent"), gettext_noop("prices"),
    gettext_noop("prompt audio tokens"), gettext_noop("prompt tokens"), gettext_noop("provider"),
    gettext_noop("provider name"), gettext_noop("providers"), gettext_noop("purpose"),
    gettext_noop("reasoning tokens"), gettext_noop("rejected prediction tokens"), gettext_noop("role"),
    gettext_noop("running at once"), gettext_noop("seq from"), gettext_noop("seq to"),
    gettext_noop("setup token"), gettext_noop("setup tokens"), gettext_noop("source"),
    gettext_noop("started at"), gettext_noop("status"), gettext_noop("status code"),
    gettext_noop("stop requested at"), gettext_noop("total tokens"), gettext_noop("ttft ms"),
    gettext_noop("unit"), gettext_noop("updated at"), gettext_noop("upstream id"),
    gettext_noop("usage details"), gettext_noop("user"), gettext_noop("user name"),
    gettext_noop("valid from"), gettext_noop("input, per million tokens"),
    gettext_noop("cached input, per million tokens"), gettext_noop("output, per million tokens"),
    gettext_noop("reasoning, per million tokens"),
)  # fmt: skip


def in_all_languages(model: type[Model]) -> None:
    """Names, explanations and choices of a model that the admin shows."""
    meta: Any = model._meta
    meta.verbose_name = _waiting(meta.verbose_name)
    meta.verbose_name_plural = _waiting(meta.verbose_name_plural)
    for field in meta.get_fields():
        if isinstance(field, Field):
            _translate(field)


def _translate(field: Any) -> None:
    # `_verbose_name` stays what the model says: migrations look at that one.
    field.verbose_name = _waiting(field.verbose_name)
    field.help_text = _waiting(field.help_text)
    if field.choices:
        field.choices = [(value, _waiting(label)) for value, label in field.choices]


def _waiting(words: Any) -> Any:
    return gettext_lazy(str(words)) if words else words
