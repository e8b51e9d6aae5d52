"""`manage.py checkdata`: looks over all rows; exit code 1 if a rule is broken somewhere."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from conversations.checkup import CHECKS, look_over


class Command(BaseCommand):
    help = "Checks every rule that rows must keep, and changes nothing. The chat may go on meanwhile."

    def handle(self, *args: Any, **options: Any) -> None:
        broken = 0
        for finding in look_over():
            broken += 1
            self.stderr.write(finding)
        if broken:
            sys.exit(1)
        self.stdout.write(f"Everything is in order ({len(CHECKS)} checks).")
