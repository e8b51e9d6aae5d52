"""How much fits into one request and its answer, as far as anybody said."""

from django.utils.translation import gettext

from conversations.figures import whole
from conversations.models import OfferedModel
from conversations.sentences import gettext_noop
from conversations.upstream import TooLong
from conversations.upstream.words import as_sentence

_HOLDS = gettext_noop("The context of {model} holds {tokens} tokens of prompt and answer together.")


def in_words(tokens: int) -> str:
    return gettext("%(tokens)s tokens of prompt and answer together") % {"tokens": whole(tokens)}


def explained(error: str, kind: str, provider_id: int | None, model: str) -> str:
    """What an upstream said about a prompt that is too long, with the length that we know."""
    if kind != TooLong.kind:
        return error
    row = OfferedModel.objects.filter(provider=provider_id, model_id=model).first()
    if row is None or row.context is None:
        return error
    return f"{as_sentence(error)} {_HOLDS.format(model=row, tokens=f'{row.context:,}')}"
