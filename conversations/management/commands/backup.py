"""`manage.py backup FILE`: everything in the database as one file, while the chat goes on."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from conversations import backups


class Command(BaseCommand):
    help = "Writes a backup, as everything was at one moment. The secret key is not in it: keep it elsewhere."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", type=Path, help="a new file, such as chat-2025-01-31.zip")
        parser.add_argument("--overwrite", action="store_true", help="replace the file if it is there")

    def handle(self, *args: Any, file: Path, overwrite: bool, **options: Any) -> None:
        if file.exists() and not overwrite:
            raise CommandError(f"{file} is there already; --overwrite replaces it.")
        try:
            numbers = backups.dump(file)
        except OSError as error:
            raise CommandError(f"{file} cannot be written ({error.strerror}).") from error
        size = file.stat().st_size / 1024**2
        talks = numbers["conversations.conversation"]
        self.stdout.write(f"{file}: {talks:,} conversations, {sum(numbers.values()):,} rows, {size:.1f} MB.")
        self.stdout.write(
            "Keep the secret key as well (SECRET_KEY, or secret-key in DATA_DIR), but not beside it:"
        )
        self.stdout.write("without it, the providers' keys must be entered anew.")
