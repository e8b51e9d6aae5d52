"""What the model picker shows: a page carries the likely models, and a search finds all the others.

Servers list thousands. The select of a page holds what its person used last and the first models of each
provider, however many there are beside them.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.contrib.auth.models import User
from django.db.models import Case, Count, F, Q, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber

from conversations.access import allowed
from conversations.models import Conversation, OfferedModel, Provider
from conversations.models.prepared import Prepared
from conversations.models.provider import SECRETS
from conversations.offers import value_of

# Of each provider, on a page; and of all of them, in one answer of the search.
FIRST = FOUND = 50
# More than this is too many to look through: the picker becomes searchable.
FEW = 12
# Conversations in which to look for what was used last, and how much of it to show.
_LOOKED_AT, _RECENT = 40, 6
# Words of a search that count.
_WORDS = 6
_CURSOR = re.compile(r"(\d{1,4})\.(\d{1,9})\.(\d{1,18})")

_COLUMNS = ("provider_id", "model_id", "display_name", "context_length", "listed_context")

Pair = tuple[int | None, str]


class _Known(NamedTuple):
    """Of a model at one provider. `context`: in tokens, where anybody said it."""

    name: str
    context: int | None = None


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    name: str
    selected: bool = False
    model: str = ""
    context: int | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """`provider`: "" for a model that nobody offers. `stale`: its server did not answer the last time."""

    provider: str
    options: tuple[Option, ...]
    stale: bool = False


@dataclass(frozen=True, slots=True)
class Picker:
    groups: tuple[Group, ...]
    more: bool = False

    @property
    def picked(self) -> Option | None:
        return next((option for option in self.options if option.selected), None)

    @property
    def itself(self) -> "Picker":
        """For a template that was given it lazily, and keeps what it shows of it."""
        return self

    @property
    def searchable(self) -> bool:
        return self.more or len(self.options) > FEW

    @property
    def options(self) -> list[Option]:
        return [option for group in self.groups for option in group.options]


def build(
    user: User,
    providers: Sequence[Provider],
    chosen: Pair | None = None,
    *,
    kept: bool = False,
    everything: bool = False,
) -> Picker:
    """The picker of a page. `providers`: the usable ones, the default first; `everything`: all their models.

    `kept`: the chosen model is what a conversation has, and stays choosable there whatever became of it.
    """
    chosen = chosen if chosen and chosen[1] else _default(providers)
    rows = _offered(providers, everything=everything)
    more = not everything and any(place > FIRST for *_, place in rows)
    likely = [row for row in rows if everything or row[-1] <= FIRST]
    if more:
        likely = [*_used(user, chosen).values_list(*_COLUMNS), *likely]
    names: dict[Pair, _Known] = {}
    for provider_id, model, name, own_context, context, *_ in likely:
        names.setdefault((provider_id, model), _Known(name or model, own_context or context))
    for pair in _defaults(providers, names):
        names[pair] = _Known(pair[1])
    may_use = allowed(user)
    names = {pair: known for pair, known in names.items() if may_use(pair[1])}
    picked = _picked(chosen, providers, names)
    if kept and picked[0] is not None:
        names.setdefault(picked, _Known(picked[1]))
    elif not kept and picked not in names:
        picked = _default(providers)
    values = _values(providers, names)
    groups = [_group(provider, names, values, picked) for provider in providers]
    if kept and picked not in values:
        groups.append(Group("", (Option(picked[1], picked[1], selected=True, model=picked[1]),)))
    return Picker(tuple(group for group in groups if group.options), more)


def search(
    words: str, after: str = "", *, may_use: Callable[[str], bool] = lambda model: True
) -> tuple[list[dict[str, Any]], str]:
    """Models that have all `words` in their name, their id or their provider's; and where to go on, or ""."""
    providers = list(Provider.objects.usable().defer(*SECRETS))
    rank = Case(*(When(provider=provider, then=index) for index, provider in enumerate(providers)))
    rows = OfferedModel.objects.visible().filter(provider__in=providers).annotate(rank=rank)
    for word in words.replace("\0", "").split()[:_WORDS]:
        named = Q(model_id__icontains=word) | Q(display_name__icontains=word)
        rows = rows.filter(named | Q(provider__name__icontains=word))
    if cursor := _CURSOR.fullmatch(after):
        at, place, row_id = map(int, cursor.groups())
        behind = Q(rank__gt=at) | Q(rank=at, position__gt=place) | Q(rank=at, position=place, id__gt=row_id)
        rows = rows.filter(behind)
    found: list[Any] = list(rows.order_by("rank", "position", "id")[: FOUND + 1]) if providers else []
    looked_at = found[:FOUND]
    shown = [row for row in looked_at if may_use(row.model_id)]
    values = _values(providers, [(row.provider_id, row.model_id) for row in shown])
    named_by = {provider.pk: provider.name for provider in providers}
    last = looked_at[-1] if len(found) > FOUND else None
    return [
        {
            "value": values[row.provider_id, row.model_id],
            "name": row.display_name or row.model_id,
            "id": row.model_id,
            "provider": named_by[row.provider_id],
            "context": row.context,
        }
        for row in shown
    ], f"{last.rank}.{last.position}.{last.pk}" if last else ""


def _offered(providers: Sequence[Provider], *, everything: bool) -> list[tuple[Any, ...]]:
    """What these providers offer, in order: `_COLUMNS` and the place of each in its provider's list."""
    ids = {provider.pk for provider in providers}
    rows = (_EVERYTHING if everything else _FIRST).rows() if ids else []
    return [tuple(row.values()) for row in rows if row["provider_id"] in ids]


def _placed() -> QuerySet[Any]:
    place = Window(RowNumber(), partition_by="provider_id", order_by=[F("position").asc(), F("id").asc()])
    visible = OfferedModel.objects.visible().filter(provider__enabled=True)
    return visible.annotate(place=place).order_by("position", "id")


# Of each provider one more than fit: it tells that there are more.
_FIRST = Prepared(lambda: _placed().filter(place__lte=FIRST + 1).values(*_COLUMNS, "place"))
_EVERYTHING = Prepared(lambda: _placed().values(*_COLUMNS, "place"))


def _default(providers: Sequence[Provider]) -> Pair:
    return (providers[0].pk, providers[0].fallback_model) if providers else (None, "")


def _defaults(providers: Sequence[Provider], names: dict[Pair, _Known]) -> list[Pair]:
    """Default models that are not among `names`: nobody lists them, and nobody hid them."""
    named: list[Pair] = [(one.pk, one.default_model) for one in providers if one.default_model]
    missing = [pair for pair in named if pair not in names]
    if not missing:
        return []
    hidden = OfferedModel.objects.filter(hidden=True, model_id__in=[model for _, model in missing])
    gone = set(hidden.values_list("provider_id", "model_id"))
    return [pair for pair in missing if pair not in gone]


def _group(provider: Provider, names: dict[Pair, _Known], values: dict[Pair, str], picked: Pair) -> Group:
    options = tuple(
        Option(values[pair], known.name, selected=pair == picked, model=pair[1], context=known.context)
        for pair, known in names.items()
        if pair[0] == provider.pk
    )
    return Group(provider.name, options, stale=bool(provider.models_error))


def _used(user: User, chosen: Pair) -> QuerySet[OfferedModel]:
    """What is chosen, and what this person's newest conversations use, as far as it is offered."""
    newest = Conversation.objects.of(user).newest_first().values_list("provider_id", "model")
    pairs = list(dict.fromkeys([chosen, *newest[:_LOOKED_AT]]))[:_RECENT]
    wanted = Q(pk=None)
    for provider_id, model in pairs:
        wanted |= Q(model_id=model) if provider_id is None else Q(provider_id=provider_id, model_id=model)
    rank = [When(provider_id=provider_id, model_id=model, then=index) for index, (provider_id, model) in
            enumerate(pairs) if provider_id is not None]  # fmt: skip
    return (
        OfferedModel.objects.visible()
        .filter(wanted, provider__enabled=True)
        .order_by(Case(*rank, default=Value(_RECENT)), "-provider__is_default", "provider__name")
    )


def _picked(chosen: Pair, providers: Sequence[Provider], names: dict[Pair, _Known]) -> Pair:
    """The chosen pair; where its provider is gone or was not said, the first that offers the model."""
    ids = [provider.pk for provider in providers]
    if chosen[0] in ids:
        return chosen
    return next(((owner, chosen[1]) for owner in ids if (owner, chosen[1]) in names), (None, chosen[1]))


def _values(providers: Sequence[Provider], pairs: Iterable[Pair]) -> dict[Pair, str]:
    """The choice of each pair: the bare id, unless several providers offer it."""
    models = {model for _, model in pairs}
    shared: set[str] = set()
    if len(providers) > 1:
        offered = OfferedModel.objects.visible().filter(provider__in=providers, model_id__in=models)
        counted = offered.order_by().values("model_id").annotate(providers=Count("provider"))
        shared = set(counted.filter(providers__gt=1).values_list("model_id", flat=True))
    return {(owner, model): value_of(model, owner if model in shared else None) for owner, model in pairs}
