"""`manage.py rotate_keys`: encrypts every stored key again, under the present SECRET_KEY.

After a change of SECRET_KEY, with the old one in SECRET_KEY_FALLBACKS; then the old one can be forgotten.
"""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from conversations.models import Provider
from conversations.models.encryption import Unreadable
from conversations.models.provider import SECRETS
from conversations.models.writing import writing


class Command(BaseCommand):
    help = "Encrypts the providers' keys and headers again, under the present SECRET_KEY."

    def handle(self, *args: Any, **options: Any) -> None:
        with writing():
            done, lost = _rotate()
        secrets = "1 secret is" if done == 1 else f"{done} secrets are"
        self.stdout.write(f"{secrets} encrypted under the present SECRET_KEY.")
        for name in lost:
            self.stderr.write(
                f"{name}: what is stored cannot be read. Name the SECRET_KEY of then in SECRET_KEY_FALLBACKS "
                "and run this again, or enter it anew in the administration."
            )
        if lost:
            sys.exit(1)


def _rotate() -> tuple[int, list[str]]:
    """How many secrets were written anew, and the providers that have some that cannot be read."""
    done, lost = 0, []
    for provider in Provider.objects.select_for_update().order_by("name"):
        secrets = {name: getattr(provider, name) for name in SECRETS}
        if any(isinstance(secret, Unreadable) for secret in secrets.values()):
            lost.append(provider.name)
        readable = [name for name, secret in secrets.items() if secret]
        if readable:
            provider.save(update_fields=readable)  # encrypts
            done += len(readable)
    return done, lost
