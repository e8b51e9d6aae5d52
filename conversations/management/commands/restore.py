"""`manage.py restore FILE`: puts a backup into an empty installation of the same version."""

import contextlib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from conversations import backups
from conversations.serving import CannotStart, database, folder


class Command(BaseCommand):
    help = "Restores a backup, made on SQLite or on PostgreSQL. Stop every server and runner first."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--replace", action="store_true", help="delete everything that is there first")

    def handle(self, *args: Any, file: Path, replace: bool, **options: Any) -> None:
        try:
            with contextlib.ExitStack() as stack:
                if connection.vendor == "sqlite":
                    stack.enter_context(folder.hold(settings.DATA_DIR, alone=True))
                database.bring_up_to_date()
                numbers = backups.load(file, replace=replace)
        except (CannotStart, backups.Unusable) as error:
            raise CommandError(str(error)) from error
        talks, people = numbers["conversations.conversation"], numbers["auth.user"]
        self.stdout.write(f"{talks:,} conversations of {people:,} people are back. Everybody signs in again.")
        self.stdout.write(
            "The search index is made anew when the server runs; `manage.py checkdata` looks over it."
        )
