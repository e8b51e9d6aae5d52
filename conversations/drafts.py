"""What somebody has typed and not sent: saved while they type, gone with what is sent of it."""

from uuid import UUID

from django.contrib.auth.models import User
from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext

from conversations import limits
from conversations.models import Conversation, Draft
from conversations.models.occupied import has_rows
from conversations.models.writing import writing
from conversations.refusals import NotFound


def draft_of(user: User, conversation: Conversation | None) -> str:
    """`conversation` is None for the new-conversation page; "" where nothing was typed."""
    if not has_rows(Draft):
        return ""
    found = Draft.objects.filter(user=user, conversation=conversation).values_list("content", flat=True)
    return found.first() or ""


def save_draft(user: User, conversation_id: UUID | None, content: str) -> None:
    """Keeps the text in place of the one before; an empty one forgets it. Raises NotFound, TooLarge."""
    text = limits.small_enough(content)
    if conversation_id and not Conversation.objects.of(user).filter(id=conversation_id).exists():
        raise NotFound(gettext("There is no such conversation."))
    mine = Draft.objects.filter(user=user, conversation=conversation_id)
    if not text:
        mine.delete()
        return
    values = {"content": text, "updated_at": timezone.now()}
    if mine.update(**values):
        return
    try:
        with writing():
            Draft.objects.create(user=user, conversation_id=conversation_id, **values)
    except IntegrityError:
        # Another tab was first.
        mine.update(**values)


def clear_draft(user: User, conversation: Conversation | None, sent: str) -> bool:
    """Within the transaction that sends: True if the draft was this text or its beginning, and is gone now.

    Its beginning: the last words before Send come too quickly to be saved. Whoever has typed on meanwhile
    keeps what they typed.
    """
    if not has_rows(Draft):
        return False
    draft = Draft.objects.filter(user=user, conversation=conversation)
    saved = draft.values_list("content", flat=True).first()
    if saved is None or not sent.startswith(saved.rstrip()):
        return False
    return bool(draft.filter(content=saved).delete()[0])
