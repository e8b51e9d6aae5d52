"""How much a person may send, and how often; checked before anything is written."""

from datetime import timedelta

from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext

from conversations import access, budgets
from conversations.models import Generation, Message
from conversations.models.status import RUNNING
from conversations.refusals import Invalid, RateLimited, TooLarge

# A quarter of a megabyte is a long chapter, and more than most models read.
MAX_MESSAGE_BYTES = 256 * 1024
# Any number: the first half of PostgreSQL's advisory lock, a person is the other.
SENDING_LOCK = 7_203


def printable(text: str) -> str:
    """Fit to be stored: PostgreSQL has no NUL, and UTF-8 no halves of surrogate pairs."""
    return text.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")


def cleaned(content: str) -> str:
    """A message as it is stored. Raises Invalid for an empty one, TooLarge."""
    text = small_enough(content)
    if not text.strip():
        raise Invalid(gettext("Please write a message first."))
    return text


def small_enough(content: str) -> str:
    """What may become a message, as it is stored; maybe empty still. Raises TooLarge."""
    text = printable(content).replace("\r\n", "\n")
    if len(text.encode()) > MAX_MESSAGE_BYTES:
        raise TooLarge(
            gettext(
                "This message is too long: %(size)s KB. The limit is %(limit)s KB. "
                "Please shorten it or send it in parts."
            )
            % {"size": len(text.encode()) // 1024, "limit": MAX_MESSAGE_BYTES // 1024}
        )
    return text


def check_rate(user: User, *, beside: Message) -> None:
    """Raises RateLimited when this person sends too often or has too many answers running, and OverBudget.

    Counted within the transaction that has made `beside`, which is the one too many.
    """
    per_minute, at_once = access.limits_of(user)
    if per_minute or at_once:
        _one_at_a_time(user)
    _check_messages(user, per_minute)
    _check_running(user, at_once, beside)
    budgets.check(user, beside=beside)


def _one_at_a_time(user: User) -> None:
    """Two sends of one person in two processes must see each other. SQLite has one writer anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [SENDING_LOCK, user.pk % 2**31])


def _check_messages(user: User, per_minute: int) -> None:
    if per_minute:
        minute_ago = timezone.now() - timedelta(minutes=1)
        sent = Message.objects.filter(
            conversation__owner=user, role=Message.Role.USER, created_at__gt=minute_ago
        )
        if sent.count() > per_minute:
            words = gettext("You have sent %(number)s messages within a minute. Please wait a moment.")
            raise RateLimited(words % {"number": per_minute})


def _check_running(user: User, at_once: int, beside: Message) -> None:
    if not at_once:
        return
    # Titles are ours, not theirs; `message` is empty only for them and for what was deleted.
    answers = Generation.objects.filter(user=user, status__in=RUNNING, message__isnull=False)
    running = answers.exclude(message=beside)
    if running.count() >= at_once:
        words = gettext(
            "%(number)s answers are already being written for you. Please wait for one of them, or stop it."
        )
        raise RateLimited(words % {"number": at_once})
