"""Numbers as people read them, in their language: 1,234.5 or 1.234,5. Never for programs."""

from decimal import Decimal

from django.utils.formats import number_format


def whole(number: int) -> str:
    return number_format(number, force_grouping=True)


def rounded(number: float | Decimal, digits: int) -> str:
    return number_format(Decimal(f"{number:.{digits}f}"), digits, force_grouping=True)


def exact(number: Decimal) -> str:
    return number_format(number, force_grouping=True)
