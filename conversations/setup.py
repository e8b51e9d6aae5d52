"""The first account: made by whoever holds the link that the console printed, and by nobody else."""

import hashlib
import hmac
import secrets

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.urls import reverse

from conversations.models import Owner, SetupToken


class AlreadySetUp(Exception):
    """Somebody has made the first account meanwhile."""


def setup_link() -> str | None:
    """A fresh path `/setup/<token>/` while no account exists; links that were printed before end with it."""
    if User.objects.exists():
        SetupToken.objects.all().delete()
        return None
    token = secrets.token_urlsafe(24)
    with transaction.atomic():
        SetupToken.objects.all().delete()
        SetupToken.objects.create(digest=_digest(token))
    return reverse("setup", args=[token])


def is_valid(token: str) -> bool:
    """Whether this is the newest link's token and nobody has used it."""
    digest = _digest(token)
    known = SetupToken.objects.values_list("digest", flat=True)
    return not Owner.objects.exists() and any(hmac.compare_digest(digest, other) for other in known)


def make_owner(token: str, username: str, password: str) -> User:
    """Makes the first account, once. Raises AlreadySetUp for all who come after, however close."""
    try:
        with transaction.atomic():
            used, _ = SetupToken.objects.filter(digest=_digest(token)).delete()
            if not used:
                raise AlreadySetUp
            user = User.objects.create_superuser(username, password=password)
            Owner.objects.create(user=user)
    except IntegrityError as error:
        raise AlreadySetUp from error
    return user


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
