"""The first account: made by whoever holds the link that the console printed, and by nobody else."""

import hashlib
import hmac
from datetime import UTC, datetime

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from conversations.models import Owner, SetupToken


class AlreadySetUp(Exception):
    """Somebody has made the first account meanwhile."""


def setup_link() -> str | None:
    """`/setup/<token>/` while no account exists: the same for every process that asks, until it is used."""
    if User.objects.exists():
        SetupToken.objects.all().delete()
        return None
    newest = SetupToken.objects.order_by("-id").first()
    if newest is None or newest.digest != _digest(_token(newest.created_at)):
        newest = _renewed()
    return reverse("setup", args=[_token(newest.created_at)])


def _renewed() -> SetupToken:
    """What was printed under another SECRET_KEY ends here."""
    with transaction.atomic():
        SetupToken.objects.all().delete()
        now = timezone.now()
        return SetupToken.objects.create(digest=_digest(_token(now)), created_at=now)


def _token(made_at: datetime) -> str:
    """No row holds it: without SECRET_KEY nobody can tell it from what the database knows."""
    return salted_hmac("set-up link", made_at.astimezone(UTC).isoformat(), algorithm="sha256").hexdigest()[
        :40
    ]


def is_valid(token: str) -> bool:
    """Whether this is the token of a link that was printed, and nobody has used one."""
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
