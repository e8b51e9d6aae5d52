"""What each frame of a page means: one method for a frame, which calls a verb and says what came of it."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from conversations import articles, frames, sending
from conversations.announcing import announce_sent, announce_stop
from conversations.consumers.visitor import Visitor
from conversations.doorbell import Payload
from conversations.models import Conversation
from conversations.reader import Reader
from conversations.refusals import NotFound, Refusal
from conversations.threads import in_database


class Interpreter:
    def __init__(self, visitor: Visitor, reader: Reader, hear: Callable[[Payload], None]) -> None:
        """`hear` takes what only this page is to be told, as if it had been rung."""
        self._visitor = visitor
        self._reader = reader
        self._hear = hear

    async def carry_out(self, frame: frames.Incoming) -> None:
        """Raises Refusal, SignedOut and DatabaseError."""
        await _METHODS[type(frame)](self, frame)

    async def _ack(self, frame: frames.Ack) -> None:
        self._reader.acknowledge(frame.message, frame.seq)

    async def _ping(self, frame: frames.Ping) -> None:
        self._reader.say(frames.encode(frames.Pong()))

    async def _subscribe(self, frame: frames.Subscribe) -> None:
        after = max(frame.after, 0)
        if frame.message is None:
            for message_id in await in_database(self._visitor.ask, running_answers):
                self._reader.subscribe(message_id, after=after)
            return
        if not await in_database(self._visitor.ask, _has_answer, frame.message):
            raise NotFound("There is no such answer in this conversation.")
        self._reader.subscribe(frame.message, after=after)

    async def _send(self, frame: frames.Send) -> None:
        await self._ask(
            frame.client_id,
            sending.send,
            content=frame.content,
            parent_id=frame.parent,
            model=frame.model or "",
        )

    async def _retry(self, frame: frames.Retry | frames.Regenerate) -> None:
        await self._ask(frame.client_id, sending.retry, message_id=frame.message, model=frame.model or "")

    async def _continue(self, frame: frames.Continue) -> None:
        raise Refusal("This server cannot continue an answer yet.")

    async def _stop(self, frame: frames.Stop) -> None:
        announce_stop(await in_database(self._visitor.do, sending.stop, frame.message))

    async def _ask(self, client_id: UUID, verb: Callable[..., sending.Sent], **arguments: Any) -> None:
        def work() -> tuple[sending.Sent, list[str]]:
            sent = self._visitor.do(verb, client_id=client_id, **arguments)
            announce_sent(sent, client_id)
            return sent, articles.created_frames(sent, client_id) if sent.repeated else []

        sent, again = await in_database(work)
        if sent.repeated:
            # Everyone has heard of it; this page asks because it does not know.
            self._hear({"frames": again, "message": str(sent.answer.id), "repeated": True})


def running_answers(conversation: Conversation) -> list[UUID]:
    return list(conversation.messages.running().values_list("id", flat=True))


def _has_answer(conversation: Conversation, message_id: UUID) -> bool:
    return conversation.messages.filter(id=message_id, role="assistant").exists()


# Typed by the frames' own classes, which a dictionary cannot say.
_METHODS: dict[type, Callable[[Interpreter, Any], Awaitable[None]]] = {
    frames.Ack: Interpreter._ack,
    frames.Ping: Interpreter._ping,
    frames.Subscribe: Interpreter._subscribe,
    frames.Send: Interpreter._send,
    frames.Regenerate: Interpreter._retry,
    frames.Retry: Interpreter._retry,
    frames.Continue: Interpreter._continue,
    frames.Stop: Interpreter._stop,
}
