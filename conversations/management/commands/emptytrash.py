"""`manage.py emptytrash`: deletes for good what has lain in the trash for long enough."""

from typing import Any

from django.core.management.base import BaseCommand

from conversations import trash


class Command(BaseCommand):
    help = "Deletes the conversations that have lain in the trash for more than TRASH_DAYS days."

    def handle(self, *args: Any, **options: Any) -> None:
        if not trash.retention():
            self.stdout.write("TRASH_DAYS is 0: the trash is kept until its owners empty it.")
            return
        number = trash.delete_expired()
        what = "1 conversation was" if number == 1 else f"{number} conversations were"
        self.stdout.write(f"{what} deleted; the trash is kept for {trash.retention()} days.")
