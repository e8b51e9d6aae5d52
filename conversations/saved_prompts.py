"""Somebody's saved prompts: keeping them, and finding one by a few words."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models.functions import Left
from django.utils import timezone
from django.utils.translation import gettext

from conversations.limits import printable
from conversations.models import Conversation, Message, SavedPrompt
from conversations.models.saved_prompt import MAX_NAME
from conversations.models.writing import writing
from conversations.refusals import Busy, NotFound
from conversations.titles import plain_title

MOST = 200
MAX_TEXT_BYTES = 100 * 1024
# As many as a list over the box can show without much scrolling, and words that one may search by.
FOUND, WORDS = 20, 8
# Characters of a prompt that a list shows.
_BEGINNING = 160


@dataclass(frozen=True, slots=True)
class Listed:
    id: int
    name: str
    beginning: str


def listed(user: User) -> list[Listed]:
    """All of them, by their names, without their whole texts."""
    rows = SavedPrompt.objects.of(user).by_name().annotate(beginning=Left("text", _BEGINNING))
    return [
        Listed(id, name, " ".join(beginning.split()))
        for id, name, beginning in rows.values_list("id", "name", "beginning")
    ]


def find(user: User, query: str) -> list[Listed]:
    """Those with every word in name or text; first those whose names begin with it, then names."""
    words = printable(query).split()[:WORDS]
    everything = listed(user)
    fitting = {each.id for each in everything}
    for word in words:
        texts = SavedPrompt.objects.of(user).filter(text__icontains=word).values_list("id", flat=True)
        fitting &= set(texts) | {each.id for each in everything if _has(each.name, word)}
    found = [each for each in everything if each.id in fitting]
    return sorted(found, key=lambda each: _rank(each.name, query.split()))[:FOUND]


def _has(name: str, word: str) -> bool:
    return word.casefold() in name.casefold()


def _rank(name: str, words: list[str]) -> int:
    if name.casefold().startswith(" ".join(words).casefold()):
        return 0
    return 1 if all(_has(name, word) for word in words) else 2


def add(user: User, fields: dict[str, Any]) -> SavedPrompt:
    """Raises Busy for one too many."""
    with writing():
        # Whoever adds two at once does it one after the other.
        User.objects.select_for_update().get(pk=user.pk)
        if SavedPrompt.objects.of(user).count() >= MOST:
            raise Busy(gettext("You have %(most)s saved prompts, which is the limit.") % {"most": MOST})
        return SavedPrompt.objects.create(owner=user, **fields)


def mine(user: User, prompt_id: int) -> SavedPrompt:
    """Raises NotFound; one of somebody else's is like none."""
    found = SavedPrompt.objects.of(user).filter(pk=prompt_id).first()
    if found is None:
        raise NotFound(gettext("There is no such prompt."))
    return found


def suggested(text: str) -> dict[str, str]:
    """What a form for a new prompt begins with: the text, and a name from its beginning."""
    return {"name": plain_title(text, MAX_NAME // 2), "text": text}


def asked_in(user: User, message_id: UUID) -> str:
    """The text of a message of somebody's own. Raises NotFound."""
    talks = Conversation.objects.of(user)
    found = Message.objects.filter(pk=message_id, role=Message.Role.USER, conversation__in=talks)
    text = found.values_list("content", flat=True).first()
    if text is None:
        raise NotFound(gettext("There is no such message."))
    return text


def change(user: User, prompt_id: int, fields: dict[str, Any]) -> None:
    SavedPrompt.objects.of(user).filter(pk=prompt_id).update(**fields, updated_at=timezone.now())


def remove(user: User, prompt_id: int) -> None:
    """Raises NotFound."""
    mine(user, prompt_id).delete()
