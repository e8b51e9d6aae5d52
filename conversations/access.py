"""Which models a person may use, and how much at once: what groups give, and the environment's defaults."""

from collections.abc import Callable
from fnmatch import fnmatchcase

from django.conf import settings
from django.contrib.auth.models import User

from conversations.models import GroupLimit, ModelAccess


def allowed(user: User) -> Callable[[str], bool]:
    """May this person use a model? Of several rows that name it, one that has a group of theirs is enough."""
    if user.is_superuser:
        return lambda model: True
    rows = list(ModelAccess.objects.values_list("model", "groups"))
    mine = set(user.groups.values_list("pk", flat=True)) if rows else set()
    patterns: dict[str, bool] = {}
    for pattern, group in rows:
        patterns[pattern] = patterns.get(pattern, False) or group in mine

    def may_use(model: str) -> bool:
        found = [open_to_me for pattern, open_to_me in patterns.items() if fnmatchcase(model, pattern)]
        return not found or any(found)

    return may_use


def messages_per_minute(user: User) -> int:
    """0: no limit."""
    return _most_generous(user, "messages_per_minute", settings.ENVIRONMENT.rate_limit_messages)


def running_at_once(user: User) -> int:
    """0: no limit."""
    return _most_generous(user, "running_at_once", settings.ENVIRONMENT.max_running_per_user)


def _most_generous(user: User, name: str, default: int) -> int:
    found = GroupLimit.objects.filter(group__user=user, **{f"{name}__isnull": False})
    limits = list(found.values_list(name, flat=True))
    if not limits:
        return default
    return 0 if 0 in limits else max(limits)
