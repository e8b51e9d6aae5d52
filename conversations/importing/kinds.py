"""Which program wrote a conversation, and what it tells."""

import hashlib
import json
from typing import Any

import msgspec

from conversations.importing import chatgpt, open_webui, ours
from conversations.importing.talks import Talk, Unfit, mapping
from conversations.sentences import gettext_noop

_READERS = (chatgpt, open_webui, ours)


class Unknown(Unfit):
    """Not a conversation of any kind that we know."""


def talk_of(raw: bytes) -> Talk:
    """The conversation in a piece of JSON, whose depth and size are known to be harmless. Raises Unfit."""
    element = mapping(_decoded(raw))
    reader = next((each for each in _READERS if each.is_it(element)), None)
    if reader is None:
        raise Unknown(gettext_noop("It is not a conversation of a kind that can be read."))
    talk: Talk = reader.read(element)
    # Known again by its own name, or else by every byte of it.
    talk.source_id = talk.source_id or hashlib.sha256(raw).hexdigest()
    return talk


def _decoded(raw: bytes) -> Any:
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    try:
        # Slower, and lenient where exports are: halves of surrogate pairs, NaN, broken UTF-8.
        return json.loads(raw.decode("utf-8", "replace"))
    except (ValueError, RecursionError) as error:
        raise Unfit(gettext_noop("It is not valid JSON.")) from error
