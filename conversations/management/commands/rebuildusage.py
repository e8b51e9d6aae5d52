"""`manage.py rebuildusage`: makes the sums of the usage pages anew from the ledger."""

from typing import Any

from django.core.management.base import BaseCommand

from conversations.usage.rebuilding import rebuild


class Command(BaseCommand):
    help = "Adds the whole ledger up again, month by month; the chat goes on meanwhile."

    def handle(self, *args: Any, **options: Any) -> None:
        count = rebuild(self.stdout.write)
        self.stdout.write(f"{count} requests are in the sums.")
