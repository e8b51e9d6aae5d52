"""Budgets: what of them is used, whether one more answer fits, and which running answers have gone too far.

A send checks under a lock of its budgets and reserves its prompt, so that of many at the same moment only as
many pass as fit. What runs is measured by its log (conversations/metering.py), in whatever process.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db import connection
from django.utils.translation import gettext

from conversations.costs import Asked, cost_of_request
from conversations.estimates import estimate_prompt
from conversations.figures import rounded
from conversations.learning import known_factors
from conversations.metering import Meter, Running
from conversations.models import Budget, Generation, Message, Provider
from conversations.models.budget import BudgetQuerySet
from conversations.models.generation import GenerationQuerySet
from conversations.models.occupied import has_rows
from conversations.prompts import Turn, messages_for
from conversations.refusals import OverBudget
from conversations.upstream import Usage
from conversations.usage import Selection
from conversations.usage.cube import Groups, settled
from conversations.usage.folding import hold_folding_off
from conversations.usage.selection import midnight
from conversations.usage.sums import Sums

# Looks at most at what runs, while answers end all the time.
TRIES = 3
# The part of a hard budget after which its owner is told.
NEARLY = Decimal("0.8")


@dataclass(frozen=True, slots=True)
class Standing:
    """A budget and what is used of it at this moment, by one person or by all who share it."""

    budget: Budget
    used: Decimal

    @property
    def left(self) -> Decimal:
        return max(Decimal(0), self.budget.amount - self.used)

    @property
    def part(self) -> Decimal:
        return min(Decimal(1), self.used / self.budget.amount)

    @property
    def percent(self) -> int:
        return round(self.part * 100)

    @property
    def left_text(self) -> str:
        if self.budget.unit == Budget.Unit.TOKENS:
            return gettext("%(number)s tokens") % {"number": rounded(self.left, 0)}
        return f"{rounded(self.left, 4)} {self.budget.currency}"

    @property
    def is_used_up(self) -> bool:
        return self.used >= self.budget.amount

    @property
    def sentence(self) -> str:
        """For its person: what is used up, and until when."""
        budget = self.budget
        parts = {
            "whose": gettext("The budget that you share") if budget.is_shared else gettext("Your budget"),
            "amount": budget.said_amount,
            "which": "" if budget.model == "*" else gettext(" for %(model)s") % {"model": budget.model},
            "state": gettext("is used up") if self.is_used_up else self._state,
        }
        if budget.period == Budget.Period.DAY:
            words = gettext("%(whose)s of %(amount)s a day%(which)s %(state)s. It begins anew tomorrow.")
        else:
            words = gettext(
                "%(whose)s of %(amount)s a month%(which)s %(state)s. It begins anew the first of next month."
            )
        return words % parts

    @property
    def _state(self) -> str:
        return gettext("is used to %(percent)s%%") % {"percent": f"{self.part * 100:.0f}"}


def check(user: User, *, beside: Message) -> None:
    """Raises OverBudget when the answer `beside`, made in this transaction, fits no more.

    What its question will probably cost is reserved until the server has said it.
    """
    if not has_rows(Budget):
        return
    row = Generation.objects.filter(message=beside).select_related("provider").last()
    if row is not None:
        reserve(user, row, lambda: _asked(beside))


def reserve(user: User, row: Generation, asked: Callable[[], list[dict[str, str]]], more: int = 0) -> None:
    """Within a transaction: takes what the messages that will be `asked` need, and `more` tokens.

    Raises OverBudget where that fits no more.
    """
    budgets = [
        b for b in _locked(Budget.objects.of(user).filter(hard=True)) if b.matches(row.model_requested)
    ]
    if not budgets:
        return
    hold_folding_off()
    prompt = more + estimate_prompt(
        asked(), factor=known_factors(row.provider_id, row.model_requested).prompt
    )
    meter = Meter()
    mine = Running(_facts_of(row), prompt, 0)
    for budget in budgets:
        standing = standing_of(budget, user, meter, beside=row.pk)
        if standing.is_used_up or standing.used + _worth(budget, mine) > budget.amount:
            raise OverBudget(_refusal(standing))
    Generation.objects.filter(pk=row.pk).update(reserved_tokens=prompt)


def _refusal(standing: Standing) -> str:
    if standing.is_used_up:
        return standing.sentence
    words = gettext(
        "This message and what came before it need more than the %(left)s that are left of your budget."
    )
    return words % {"left": standing.left_text}


def _locked(rows: BudgetQuerySet) -> list[Budget]:
    """In one order, so that two who wait for each other's cannot be. SQLite has one writer anyway."""
    return list(rows.select_for_update(of=("self",)) if connection.vendor == "postgresql" else rows)


def _asked(answer: Message) -> list[dict[str, str]]:
    thread = answer.conversation.thread(answer.parent_id)
    turns = [Turn(message.role, message.content or message.refusal) for message in thread]
    return messages_for(turns, system_prompt=answer.conversation.system_prompt)


def _facts_of(row: Generation) -> dict[str, Any]:
    provider: Provider | None = row.provider
    return {
        "provider_id": row.provider_id,
        "provider__kind": provider.kind if provider else "",
        "provider__base_url": provider.base_url if provider else "",
        "model_requested": row.model_requested,
        "created_at": row.created_at,
    }


def standings(user: User) -> list[Standing]:
    """Every budget that counts this person, with what is used of it."""
    if not has_rows(Budget):
        return []
    meter = Meter()
    return [standing_of(budget, user, meter) for budget in Budget.objects.of(user)]


def notices(user: User) -> list[str]:
    """What a person should be told: hard budgets that are nearly used up, soft ones that are."""
    return [
        standing.sentence
        for standing in standings(user)
        if standing.part >= (NEARLY if standing.budget.hard else 1)
    ]


def standing_of(budget: Budget, user: User, meter: Meter, *, beside: UUID | None = None) -> Standing:
    """`beside`: a request that does not count."""
    for _ in range(TRIES):
        running = [each for each in meter.running(_running_rows(budget, user)) if budget.matches(each.model)]
        ended = _ended(budget, user)
        # Of what ends between the two reads nobody knows whether the second one saw it.
        if _all_run(running):
            break
    at_work = sum((_worth(budget, each) for each in running if each.facts["id"] != beside), Decimal(0))
    return Standing(budget, ended + at_work)


def _all_run(running: list[Running]) -> bool:
    ids = [each.facts["id"] for each in running]
    return not ids or Generation.objects.running().filter(pk__in=ids).count() == len(ids)


def _running_rows(budget: Budget, user: User) -> GenerationQuerySet:
    rows = Generation.objects.filter(created_at__gte=midnight(budget.first_day()))
    if not budget.is_shared:
        return rows.filter(user=user)
    return rows.filter(user__groups=budget.group_id) if budget.group_id else rows


def _ended(budget: Budget, user: User) -> Decimal:
    person = "" if budget.is_shared else user.get_username()
    group = budget.group.name if budget.is_shared and budget.group else ""
    selection = Selection(since=budget.first_day(), user=person, group=group)
    found: Groups = settled(selection, lambda cube: cube.grouped("model"))
    return sum(
        (_amount(budget, sums) for (model,), sums in found.items() if budget.matches(model)), Decimal(0)
    )


def _amount(budget: Budget, sums: Sums) -> Decimal:
    if budget.unit == Budget.Unit.TOKENS:
        return Decimal(sums.total)
    return sums.amounts.get(budget.currency, Decimal(0))


def _worth(budget: Budget, running: Running) -> Decimal:
    """What a running request counts in this budget: tokens, or what those probably cost."""
    tokens = running.prompt + running.completion
    if budget.unit == Budget.Unit.TOKENS:
        return Decimal(tokens)
    facts = running.facts
    asked = Asked(
        provider_id=facts["provider_id"],
        provider_kind=facts["provider__kind"] or "",
        provider_base_url=facts["provider__base_url"] or "",
        models=(running.model,),
        # Not when it started: what waits is not for nothing.
        moment=facts["created_at"],
    )
    priced = cost_of_request(asked, Usage(running.prompt, running.completion, tokens))
    return priced.cost if priced and priced.currency == budget.currency else Decimal(0)


class Watch:
    """Finds running answers whose budget is used up; a runner asks for its own, twice a second."""

    def __init__(self) -> None:
        self._meter = Meter()

    def exceeded(self, held: list[UUID]) -> dict[UUID, str]:
        """The requests among `held` that must end, each with a sentence for its person."""
        if not has_rows(Budget) or not Budget.objects.filter(hard=True, enabled=True).exists():
            return {}
        found: dict[UUID, str] = {}
        known: dict[tuple[int, int], Standing] = {}
        for row in Generation.objects.filter(pk__in=held, user__isnull=False).select_related("user"):
            if row.user is None:
                continue
            for standing in self._standings(row.user, row.model_requested, known):
                if standing.is_used_up:
                    stopped = gettext("The answer was stopped there.")
                    found[row.pk] = f"{standing.sentence} {stopped}"
        return found

    def _standings(
        self, user: User, model: str, known: dict[tuple[int, int], Standing]
    ) -> Iterator[Standing]:
        for budget in Budget.objects.of(user).filter(hard=True):
            key = (budget.pk, 0 if budget.is_shared else user.pk)
            if budget.matches(model):
                known[key] = known.get(key) or standing_of(budget, user, self._meter)
                yield known[key]
