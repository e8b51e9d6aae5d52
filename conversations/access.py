"""Which models a person may use, and how much at once: what groups give, and the environment's defaults."""

from collections.abc import Callable
from fnmatch import fnmatchcase

from django.conf import settings
from django.contrib.auth.models import User

from conversations.models import GroupLimit, ModelAccess
from conversations.models.occupied import has_rows


def allowed(user: User) -> Callable[[str], bool]:
    """May this person use a model? Of several rows that name it, one that has a group of theirs is enough."""
    if user.is_superuser or not has_rows(ModelAccess):
        return lambda model: True
    mine = set(user.groups.values_list("pk", flat=True))
    patterns: dict[str, bool] = {}
    for pattern, group in ModelAccess.objects.values_list("model", "groups"):
        patterns[pattern] = patterns.get(pattern, False) or group in mine

    def may_use(model: str) -> bool:
        found = [open_to_me for pattern, open_to_me in patterns.items() if fnmatchcase(model, pattern)]
        return not found or any(found)

    return may_use


def limits_of(user: User) -> tuple[int, int]:
    """Messages in a minute, and answers at once; 0: no limit."""
    mine = GroupLimit.objects.filter(group__user=user) if has_rows(GroupLimit) else []
    rows = [(row.messages_per_minute, row.running_at_once) for row in mine]
    return (
        _most_generous([messages for messages, _ in rows], settings.ENVIRONMENT.rate_limit_messages),
        _most_generous([running for _, running in rows], settings.ENVIRONMENT.max_running_per_user),
    )


def _most_generous(of_groups: list[int | None], default: int) -> int:
    limits = [limit for limit in of_groups if limit is not None]
    if not limits:
        return default
    return 0 if 0 in limits else max(limits)
