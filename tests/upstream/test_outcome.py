"""How it ended: complete, interrupted or failed."""

import pytest

from conversations.upstream.accumulator import Accumulator
from conversations.upstream.dialects import Chunk
from conversations.upstream.errors import (
    ConnectionFailed,
    DeadlineExceeded,
    Interrupted,
    NotUnderstood,
    Reported,
    TooLarge,
    UpstreamError,
)
from conversations.upstream.outcome import outcome_of

TEXT, STOP, DONE = Chunk("x"), Chunk(finish_reason="stop"), Chunk(done=True)
FAILED, LOST = Chunk(error=Reported("oops")), ConnectionFailed("lost", kind="reset")


@pytest.mark.parametrize(
    ("chunks", "cause", "stray", "kind"),
    [
        ([TEXT, STOP], None, "", None),
        ([TEXT, STOP], LOST, "", None),
        ([TEXT, STOP], TooLarge("much"), "", None),
        ([TEXT, STOP, FAILED], None, "", None),
        ([STOP], None, "", None),
        ([TEXT, DONE], None, "", None),
        ([TEXT, Chunk(finish_reason="insufficient_system_resource")], None, "", None),
        ([DONE], None, "", Interrupted),
        ([], None, "", Interrupted),
        ([TEXT], None, "", Interrupted),
        ([TEXT], LOST, "", Interrupted),
        ([TEXT], DeadlineExceeded("late"), "", DeadlineExceeded),
        ([TEXT], TooLarge("much"), "", TooLarge),
        ([TEXT], None, "noise", Interrupted),
        ([], None, "Bad gateway", NotUnderstood),
        ([TEXT, FAILED], None, "", Reported),
        ([TEXT, FAILED, STOP], None, "", Reported),
        ([TEXT, Chunk(finish_reason="error", error=Reported("oops"))], None, "", Reported),
        ([TEXT, Chunk(finish_reason="error")], None, "", Reported),
    ],
)
def test_it_ended(
    chunks: list[Chunk], cause: UpstreamError | None, stray: str, kind: type[UpstreamError] | None
) -> None:
    accumulator = Accumulator()
    for chunk in chunks:
        accumulator.add(chunk)
        accumulator.take()
    error = outcome_of(accumulator, cause, stray)
    assert type(error) is (kind or type(None))
    if kind is NotUnderstood:
        assert stray in str(error)


def test_a_lost_connection_keeps_its_reason() -> None:
    accumulator = Accumulator()
    accumulator.add(TEXT)
    error = outcome_of(accumulator, LOST)
    assert error is not None
    assert (error.kind, error.message) == ("reset", "lost")
