"""When a person's sign-in ends, their open sockets hear of it at once instead of at their next look."""

from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_out
from django.db.models.signals import post_save
from django.dispatch import receiver

from conversations import lifecycle
from conversations.doorbell import user_topic


@receiver(user_logged_out)
def after_signing_out(sender: Any, user: User | None, **_: Any) -> None:
    if user is not None:
        lifecycle.ring(user_topic(user.pk), {"look": True})


@receiver(post_save, sender=User)
def after_a_change_of_the_account(sender: Any, instance: User, **_: Any) -> None:
    """A new password, or an account that is no longer active: each socket looks for itself what holds."""
    lifecycle.ring(user_topic(instance.pk), {"look": True})
