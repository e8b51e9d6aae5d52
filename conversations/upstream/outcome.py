"""How a reply ended: None when the answer is complete, otherwise the error that says why not.

A finish_reason makes an answer complete, whatever the connection does afterwards. [DONE] after some answer
does too. Before that: what the upstream reported makes it failed, everything else interrupted; the text is
kept.
"""

from conversations.sentences import NO_REASON, gettext_noop
from conversations.upstream.accumulator import Accumulator
from conversations.upstream.errors import (
    ConnectionFailed,
    Interrupted,
    NotUnderstood,
    Reported,
    UpstreamError,
)

_NO_COMPLETION = gettext_noop("The upstream answered with something that is no chat completion: {words}")
_UNFINISHED = gettext_noop("The upstream ended the answer before it was finished.")
_SILENT = gettext_noop("The upstream ended its answer before it said anything.")
FINISHED_BY_ERROR = "error"  # OpenRouter's finish_reason for a failure; other unknown words are just words


def outcome_of(
    accumulator: Accumulator, cause: UpstreamError | None, stray: str = ""
) -> UpstreamError | None:
    """`cause`: what ended the reading (None: the end of the body). `stray`: text beside the stream's
    events.
    """
    answer = accumulator.answer
    if accumulator.error:
        return accumulator.error
    if answer.finish_reason and answer.finish_reason.lower() == FINISHED_BY_ERROR:
        return Reported(NO_REASON)
    if answer.finish_reason:
        return None
    if accumulator.done and answer.begun:
        return None
    if cause is not None:
        return Interrupted(cause.message, kind=cause.kind) if isinstance(cause, ConnectionFailed) else cause
    if stray and not answer.begun:
        return NotUnderstood(_NO_COMPLETION.format(words=stray))
    return Interrupted(_broke_off(accumulator))


def _broke_off(accumulator: Accumulator) -> str:
    if accumulator.answer.begun:
        return _UNFINISHED
    return _SILENT
