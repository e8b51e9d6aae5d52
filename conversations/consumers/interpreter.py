"""What each frame of a page means: one method for a frame, which calls a verb and says what came of it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

from django.utils.translation import gettext

from conversations import articles, frames, rings, sending
from conversations.announcing import announce, announce_queued, announce_sent, announce_shown, announce_stop
from conversations.consumers.visitor import Visitor
from conversations.doorbell import Payload
from conversations.drafts import save_draft
from conversations.models import Conversation
from conversations.reader import Reader
from conversations.refusals import NotFound
from conversations.threads import in_database


class Interpreter:
    def __init__(self, visitor: Visitor, reader: Reader, hear: Callable[[Payload], None]) -> None:
        """`hear` takes what only this page is to be told, as if it had been rung."""
        # By which rings tell this socket from the others.
        self.name = uuid4().hex
        self._visitor = visitor
        self._reader = reader
        self._hear = hear
        # The answers that `hello` called running: one of them may have ended when the page subscribes.
        self.told_running: list[UUID] = []
        # What is read to be told, and a draft that is kept: one after the other, and told in that order.
        self.in_turn = asyncio.Lock()

    def hear_at_once(self, text: str) -> bool:
        """Carries out a frame that comes with every few tokens; False: it is another one, or none."""
        if '"ack"' not in text:
            return False
        try:
            frame = frames.decode(text)
        except frames.BadFrame:
            return False
        if not isinstance(frame, frames.Ack):
            return False
        self._reader.acknowledge(frame.message, frame.seq)
        return True

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
            running = await in_database(self._visitor.ask, _running_answers)
            for message_id in dict.fromkeys([*self.told_running, *running]):
                self._reader.subscribe(message_id, after=after)
            self.told_running = []
            return
        if not await in_database(self._visitor.ask, _has_answer, frame.message):
            raise NotFound(gettext("There is no such answer in this conversation."))
        self._reader.subscribe(frame.message, after=after)

    async def _send(self, frame: frames.Send) -> None:
        await self._ask(
            frame.client_id,
            sending.send,
            content=frame.content,
            parent_id=frame.parent,
            edits=frame.edits,
            model=frame.model or "",
        )

    async def _regenerate(self, frame: frames.Regenerate) -> None:
        await self._ask_again(sending.regenerate, frame)

    async def _retry(self, frame: frames.Retry) -> None:
        await self._ask_again(sending.retry, frame)

    async def _continue(self, frame: frames.Continue) -> None:
        await self._ask_again(sending.continue_answer, frame)

    async def _stop(self, frame: frames.Stop) -> None:
        def work() -> None:
            announce_stop(self._visitor.do(sending.stop, frame.message))

        await in_database(work)

    async def _queue(self, frame: frames.Queue) -> None:
        def work() -> sending.Queued:
            queued = self._visitor.do(
                sending.queue, content=frame.content, client_id=frame.client_id, model=frame.model or ""
            )
            announce_queued(self._visitor.conversation_id, queued, frame.client_id, but=self.name)
            return queued

        queued = await in_database(work)
        if queued.sent is not None and queued.sent.repeated:
            await self._tell_again(queued.sent, frame.client_id)

    async def _edit_queued(self, frame: frames.EditQueued) -> None:
        await self._change_queue(sending.edit_queued, frame.client_id, frame.content)

    async def _remove_queued(self, frame: frames.RemoveQueued) -> None:
        await self._change_queue(sending.remove_queued, frame.client_id)

    async def _send_queued(self, frame: frames.SendQueued) -> None:
        def work() -> None:
            announce(rings.after_advance(self._visitor.do(sending.send_queued, frame.client_id)))

        await in_database(work)

    async def _save_draft(self, frame: frames.SaveDraft) -> None:
        def work() -> None:
            self._visitor.do(save_draft, frame.content)
            announce(rings.after_typing(self._visitor.conversation_id, but=self.name))

        async with self.in_turn:
            await in_database(work)
            self._reader.say(frames.encode(frames.DraftSaved(frame.number)))

    async def _show_branch(self, frame: frames.ShowBranch) -> None:
        def work() -> None:
            announce_shown(self._visitor.do(sending.show_branch, frame.message))

        await in_database(work)

    async def _ask_again(
        self, verb: Callable[..., sending.Sent], frame: frames.Regenerate | frames.Retry | frames.Continue
    ) -> None:
        await self._ask(frame.client_id, verb, message_id=frame.message, model=frame.model or "")

    async def _ask(self, client_id: UUID, verb: Callable[..., sending.Sent], **arguments: Any) -> None:
        def work() -> sending.Sent:
            sent = self._visitor.do(verb, client_id=client_id, **arguments)
            announce_sent(sent, client_id, but=self.name)
            return sent

        sent = await in_database(work)
        if sent.repeated:
            await self._tell_again(sent, client_id)

    async def _tell_again(self, sent: sending.Sent, client_id: UUID) -> None:
        """Everyone has heard of it; this page asks because it does not know."""
        again = await in_database(articles.created_frames, sent, client_id)
        self._hear({"frames": again, "message": str(sent.answer.id), "after": sent.answer.last_seq})

    async def _change_queue(self, verb: Callable[..., None], *arguments: Any) -> None:
        def work() -> None:
            self._visitor.do(verb, *arguments)
            announce(rings.after_change_of_queue(self._visitor.conversation_id))

        await in_database(work)


def _running_answers(conversation: Conversation) -> list[UUID]:
    return list(conversation.messages.running().values_list("id", flat=True))


def _has_answer(conversation: Conversation, message_id: UUID) -> bool:
    return conversation.messages.filter(id=message_id, role="assistant").exists()


# Typed by the frames' own classes, which a dictionary cannot say.
_METHODS: dict[type, Callable[[Interpreter, Any], Awaitable[None]]] = {
    frames.Ack: Interpreter._ack,
    frames.Ping: Interpreter._ping,
    frames.Subscribe: Interpreter._subscribe,
    frames.Send: Interpreter._send,
    frames.Regenerate: Interpreter._regenerate,
    frames.Retry: Interpreter._retry,
    frames.Continue: Interpreter._continue,
    frames.Stop: Interpreter._stop,
    frames.Queue: Interpreter._queue,
    frames.EditQueued: Interpreter._edit_queued,
    frames.RemoveQueued: Interpreter._remove_queued,
    frames.SendQueued: Interpreter._send_queued,
    frames.SaveDraft: Interpreter._save_draft,
    frames.ShowBranch: Interpreter._show_branch,
}
