"""Chunks → the answer so far, and what each network read added to it.

Joined, the deltas are the answer, always: what may still change its meaning (half a surrogate pair, the start
of a think tag) is in neither until it is decided.
"""

import msgspec

from conversations.upstream.counts import Usage, merged
from conversations.upstream.dialects import Chunk
from conversations.upstream.errors import Reported
from conversations.upstream.text import Text
from conversations.upstream.think import ThinkSplitter
from conversations.upstream.tool_calls import ToolCalls
from conversations.upstream.unicode import Joiner, clean


class Delta(msgspec.Struct, frozen=True):
    """What one network read added; any of the three may be ""."""

    content: str = ""
    reasoning: str = ""
    refusal: str = ""


class Answer:
    """The answer so far. Readable at any moment, also after an exception or a cancellation."""

    def __init__(self) -> None:
        self.finish_reason: str | None = None
        self.usage: Usage | None = None
        self.model = ""
        self.upstream_id = ""
        self.calls = ToolCalls()
        self._texts = (Text(), Text(), Text())

    @property
    def content(self) -> str:
        return str(self._texts[0])

    @property
    def reasoning(self) -> str:
        return str(self._texts[1])

    @property
    def refusal(self) -> str:
        return str(self._texts[2])

    @property
    def tool_calls(self) -> list[dict[str, str]]:
        """[{"id", "name", "arguments"}], arguments as the JSON text that the model wrote."""
        calls = self.calls.as_dicts()
        return [{name: clean(text) for name, text in call.items()} for call in calls]

    @property
    def begun(self) -> bool:
        """Something of the answer itself has come."""
        return any(self._texts) or bool(self.calls)

    def append(self, delta: Delta) -> None:
        content, reasoning, refusal = self._texts
        if delta.content:
            content.append(delta.content)
        if delta.reasoning:
            reasoning.append(delta.reasoning)
        if delta.refusal:
            refusal.append(delta.refusal)


class Accumulator:
    """`add` every chunk, then `take` the delta of one read."""

    def __init__(self) -> None:
        self.answer = Answer()
        self.error: Reported | None = None  # the first that came before the finish_reason, or with it
        self.done = False  # [DONE] was seen
        self._think = ThinkSplitter()
        self._joiners = (Joiner(), Joiner(), Joiner())
        self._content: list[str] = []
        self._reasoning: list[str] = []
        self._refusal: list[str] = []

    def add(self, chunk: Chunk) -> None:
        if self.done:
            # Where reads are cut must not matter: what comes in a later one is not read at all.
            return
        if chunk.message:
            self._add_message(chunk)
        else:
            self._add_texts(chunk)
        for fragment in chunk.tool_calls:
            self.answer.calls.add(fragment)
        self._add_facts(chunk)

    def take(self) -> Delta | None:
        """What was added since the last call; None if that is nothing."""
        if not (self._content or self._reasoning or self._refusal):
            return None
        delta = Delta("".join(self._content), "".join(self._reasoning), "".join(self._refusal))
        self._content.clear()
        self._reasoning.clear()
        self._refusal.clear()
        self.answer.append(delta)
        return delta

    def end(self) -> None:
        """Nothing follows any more: what was held back is text."""
        content, reasoning, refusal = (joiner.end() for joiner in self._joiners)
        self._split(content)
        _keep(self._reasoning, reasoning)
        _keep(self._refusal, refusal)
        content, reasoning = self._think.end()
        _keep(self._content, content)
        _keep(self._reasoning, reasoning)

    def _add_texts(self, chunk: Chunk) -> None:
        content, reasoning, refusal = self._joiners
        if chunk.reasoning:
            _keep(self._reasoning, reasoning.feed(chunk.reasoning))
        if chunk.content:
            self._split(content.feed(chunk.content))
        if chunk.refusal:
            _keep(self._refusal, refusal.feed(chunk.refusal))

    def _split(self, content: str) -> None:
        if self._think.plain:
            _keep(self._content, content)
            return
        content, reasoning = self._think.feed(content)
        _keep(self._content, content)
        _keep(self._reasoning, reasoning)

    def _add_facts(self, chunk: Chunk) -> None:
        answer = self.answer
        if chunk.error and not answer.finish_reason:
            self.error = self.error or chunk.error
        if chunk.finish_reason:
            answer.finish_reason = clean(chunk.finish_reason)[:100]
        if chunk.usage:
            answer.usage = merged(answer.usage, chunk.usage)
        if chunk.model and not answer.model:
            answer.model = clean(chunk.model)[:300]
        if chunk.id and not answer.upstream_id:
            answer.upstream_id = clean(chunk.id)[:300]
        if chunk.done:
            self.done = True

    def _add_message(self, chunk: Chunk) -> None:
        """A `message` where deltas belong is all so far, or all at the end: only what is missing is added."""
        answer = self.answer
        last = bool(chunk.finish_reason or answer.finish_reason)
        if answer.calls and last:
            chunk.tool_calls = []
        chunk.content = _missing(answer.content + "".join(self._content), chunk.content, last)
        chunk.reasoning = _missing(answer.reasoning + "".join(self._reasoning), chunk.reasoning, last)
        chunk.refusal = _missing(answer.refusal + "".join(self._refusal), chunk.refusal, last)
        self._add_texts(chunk)


def _keep(pieces: list[str], text: str) -> None:
    if text:
        pieces.append(text)


def _missing(so_far: str, text: str, last: bool) -> str:
    if text.startswith(so_far):
        return text[len(so_far) :]
    return "" if last else text
