"""What the words of a refusal say about parameters: which one is not taken, and by what name it would be."""

import re

# OpenAI's reasoning models: "Unsupported parameter: 'max_tokens' is not supported with this model. Use
# 'max_completion_tokens' instead."
_COMPLETION_TOKENS = re.compile(
    r"\buse\W{0,6}max_completion_tokens|max_completion_tokens\W{0,6}instead", re.IGNORECASE
)
# Names that are everyday words only count in quotation marks, as JSON's "param" has them.
_NAMED = re.compile(
    r"\b(temperature|top_p|max_tokens|max_completion_tokens|reasoning_effort)\b|[\"'`](stop|seed)\\?[\"'`]"
)
_MISSED = re.compile(r"\b(required|missing)\b", re.IGNORECASE)
_TOO_MUCH = re.compile(
    r"max_(completion_)?tokens\b[^.]{0,60}\b(too (large|big|high)|must be|should be|at most|less than)",
    re.IGNORECASE,
)


def wants_completion_tokens(words: str) -> bool:
    return bool(_COMPLETION_TOKENS.search(words))


def refused_parameter(words: str) -> str:
    """The API's name of the parameter that these words are about; "" if they are about something else."""
    named = None if _MISSED.search(words) else _NAMED.search(words)
    return (named[1] or named[2]) if named else ""


def asks_for_too_much(words: str) -> bool:
    """The conversation may well fit: it is max_tokens that leaves no room for it."""
    return bool(_TOO_MUCH.search(words))
