"""What a model costs, beside its row in the admin: the price that was entered, else the lists' suggestion."""

from collections.abc import Iterable
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext

from conversations.costs import listed_price
from conversations.models import ModelPrice, OfferedModel


def in_force() -> list[ModelPrice]:
    """Every price of today and before: few rows, read once for a page of models."""
    return list(ModelPrice.objects.filter(valid_from__lte=timezone.now()))


def shown_price(model: OfferedModel, prices: Iterable[ModelPrice]) -> str:
    """Input and output per million tokens, leading to where it can be changed."""
    own = [
        price
        for price in prices
        if price.provider_id in (None, model.provider_id) and price.matches(model.model_id)
    ]
    if own:
        price = max(own, key=ModelPrice.rank)
        address = reverse("admin:conversations_modelprice_change", args=[price.pk])
        known = price.per_million()
        return format_html('<a href="{}">{} {}</a>', address, _pair(known), price.currency)
    return _suggested(model)


def _suggested(model: OfferedModel) -> str:
    address = reverse("admin:conversations_modelprice_add")
    start = {"provider": str(model.provider_id), "model": model.model_id}
    listed = listed_price(model.provider, model.model_id)
    if listed is None:
        return format_html('<a href="{}?{}">{}</a>', address, urlencode(start), gettext("Enter a price"))
    names = ("input", "cached", "output")
    start |= {f"{name}_price": listed[name] for name in names if name in listed}
    text = gettext("suggested: %(prices)s") % {"prices": _pair(listed)}
    return format_html('<a href="{}?{}">{} {}</a>', address, urlencode(start), text, listed["currency"])


def _pair(prices: dict[str, str]) -> str:
    return gettext("%(input)s in, %(output)s out") % {"input": prices["input"], "output": prices["output"]}
