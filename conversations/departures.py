"""What the ledger calls a person whose account is deleted: still by name, or by a pseudonym."""

import hashlib
import hmac
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models.signals import pre_delete
from django.dispatch import receiver

from conversations.models import Generation
from conversations.usage.rebuilding import rename


def pseudonym(user_id: int) -> str:
    """The same for one account always; whoever lacks the secret key cannot tell whose it was."""
    digest = hmac.new(settings.SECRET_KEY.encode(), f"person {user_id}".encode(), hashlib.sha256)
    return f"person-{digest.hexdigest()[:10]}"


@receiver(pre_delete, sender=User)
def before_an_account_is_deleted(sender: Any, instance: User, **_: Any) -> None:
    if settings.ENVIRONMENT.ledger_names == "pseudonym":
        theirs = Generation.objects.filter(user=instance)
        for name in set(theirs.values_list("user_name", flat=True)):
            rename(name, pseudonym(instance.pk), theirs.filter(user_name=name))
