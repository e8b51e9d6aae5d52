"""`manage.py growth`: what each person has added, month by month, as a table or as CSV."""

import csv
from dataclasses import fields
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand

from conversations.sizes import Size, growth
from conversations.usage.ledger_csv import cell


class Command(BaseCommand):
    help = "Prints conversations, messages and bytes of text for each person and month."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--months", type=int, default=12, help="how many one by one, with this one (12)")
        parser.add_argument("--csv", action="store_true", help="as CSV")

    def handle(self, *args: Any, months: int, **options: Any) -> None:
        rows = growth(months)
        if options["csv"]:
            writer = csv.writer(self.stdout)
            writer.writerow(field.name for field in fields(Size))
            for row in rows:
                numbers = (row.conversations, row.messages, row.text_bytes)
                writer.writerow([cell(row.person), _named(row.month), *numbers])
            return
        self.stdout.write(f"{'month':8}{'person':30}{'conversations':>14}{'messages':>10}{'MB':>10}")
        for row in rows:
            name = row.person if row.person.isprintable() else repr(row.person)
            size = f"{row.text_bytes / 1024**2:10.2f}"
            self.stdout.write(
                f"{_named(row.month):8}{name[:29]:30}{row.conversations:14,}{row.messages:10,}{size}"
            )


def _named(month: date | None) -> str:
    return f"{month:%Y-%m}" if month else "earlier"
