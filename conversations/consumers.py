"""The websocket of a conversation: interprets each frame, calls a verb, and says what came of it."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from uuid import UUID

from channels.generic.websocket import AsyncWebsocketConsumer
from django.contrib.auth.models import User
from django.db import DatabaseError

from conversations import articles, frames, lifecycle, sending
from conversations.announcing import announce_sent, announce_stop
from conversations.doorbell import Payload, conversation_topic, user_topic
from conversations.elsewhere import Elsewhere
from conversations.models import Conversation
from conversations.reader import Lagging, Reader
from conversations.refusals import Busy, NotFound, Refusal
from conversations.signin import same_origin, session_key_of, user_of
from conversations.threads import in_database

logger = logging.getLogger(__name__)

T = TypeVar("T")
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

NOT_SIGNED_IN, FOREIGN_ORIGIN, NO_CONVERSATION = 4401, 4403, 4404
BAD_FRAMES, LAGGING, GOING_DOWN = 4400, 4408, 4012
# Bad frames in a row after which a page is not worth listening to.
PATIENCE_WITH_FRAMES = 20
# Seconds between looks whether this person is still signed in and this page still reads.
RECHECK = 30.0


class SignedOut(Exception):
    """The session ended, the account was deactivated or its password changed."""


class ConversationConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]
    conversation_id: UUID
    user: User

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """One frame after the other, in this task.

        Channels would make two tasks and visit a thread for each frame, acknowledgements included.
        """
        self.scope, self.base_send = scope, send
        self.reader: Reader | None = None
        self.tasks: list[asyncio.Task[None]] = []
        self.bad_in_a_row = 0
        try:
            while (message := await receive())["type"] != "websocket.disconnect":
                await self.dispatch(message)
        finally:
            self._leave()

    async def dispatch(self, message: dict[str, Any]) -> None:
        if message["type"] == "websocket.receive":
            await self.receive(message.get("text"), message.get("bytes"))
        else:
            await self.connect()

    async def connect(self) -> None:
        self.conversation_id = self.scope["url_route"]["kwargs"]["conversation_id"]
        await self.accept()
        self.session_key = session_key_of(self.scope)
        self.house = lifecycle.started()
        if self.house.going_down:
            await self.say_bye()
        elif not same_origin(self.scope):
            await self.close(FOREIGN_ORIGIN)
        else:
            await self._open(self.house)

    async def _open(self, house: lifecycle.House) -> None:
        try:
            await in_database(self._enter)
        except SignedOut:
            await self.close(NOT_SIGNED_IN)
            return
        except Refusal:
            await self.close(NO_CONVERSATION)
            return
        self.reader = Reader(
            self._send_text,
            feeds=house.feeds,
            mirrors=house.mirrors,
            done_frame=lambda message_id: in_database(articles.done_frame, message_id),
        )
        self.elsewhere = Elsewhere(self.reader.say)
        house.sockets.add(self)
        house.doorbell.listen(conversation_topic(self.conversation_id), self._on_ring)
        house.doorbell.listen(user_topic(self.user.pk), self._on_ring)
        # Listening came first: what happens while this is read is said after it, and nothing is missed.
        self.reader.say_first(await in_database(self._hello))
        self.tasks = [
            asyncio.create_task(self._guard(self.reader.run())),
            asyncio.create_task(self._recheck()),
        ]

    def _leave(self) -> None:
        if self.reader is None:
            return
        self.house.sockets.discard(self)
        self.house.doorbell.unlisten(conversation_topic(self.conversation_id), self._on_ring)
        self.house.doorbell.unlisten(user_topic(self.user.pk), self._on_ring)
        for task in self.tasks:
            task.cancel()
        self.elsewhere.close()
        self.reader.close()
        self.reader = None

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.reader is None:
            return
        try:
            frame = frames.decode(text_data if text_data is not None else bytes_data or b"")
        except frames.BadFrame as error:
            await self._on_bad_frame(str(error), frames.named(text_data or b""))
            return
        self.bad_in_a_row = 0
        try:
            await self._handle(frame, self.reader)
        except Refusal as refusal:
            self._say_refusal(refusal, frame)
        except SignedOut:
            await self.close(NOT_SIGNED_IN)
        except DatabaseError:
            logger.exception("A frame could not be carried out")
            detail = "The server cannot reach its database at the moment. Nothing was sent; please try again."
            self._say_refusal(Refusal(detail), frame, code="unavailable")

    async def _handle(self, frame: frames.Incoming, reader: Reader) -> None:
        match frame:
            case frames.Ack():
                reader.acknowledge(frame.message, frame.seq)
            case frames.Ping():
                reader.say(frames.encode(frames.Pong()))
            case frames.Subscribe():
                await self._subscribe(frame, reader)
            case frames.Send():
                await self._ask(
                    frame.client_id,
                    sending.send,
                    content=frame.content,
                    parent_id=frame.parent,
                    model=frame.model or "",
                )
            case frames.Regenerate() | frames.Retry():
                await self._ask(
                    frame.client_id, sending.retry, message_id=frame.message, model=frame.model or ""
                )
            case frames.Stop():
                await self._stop(frame)
            case frames.Continue():
                raise Refusal("This server cannot continue an answer yet.")

    async def _subscribe(self, frame: frames.Subscribe, reader: Reader) -> None:
        if frame.message is None:
            for message_id in await in_database(self._as_owner, _running):
                reader.subscribe(message_id, after=max(frame.after, 0))
            return
        if not await in_database(self._as_owner, _has_answer, frame.message):
            raise NotFound("There is no such answer in this conversation.")
        reader.subscribe(frame.message, after=max(frame.after, 0))

    async def _ask(self, client_id: UUID, verb: Callable[..., sending.Sent], **arguments: Any) -> None:
        def work() -> tuple[sending.Sent, list[str]]:
            user = self._signed_in()
            sent = verb(user, self.conversation_id, client_id=client_id, **arguments)
            announce_sent(user, sent, client_id)
            return sent, articles.created_frames(sent, client_id) if sent.repeated else []

        sent, again = await in_database(work)
        if sent.repeated:
            # Everyone has heard of it; this page asks because it does not know.
            self._on_ring({"frames": again, "message": str(sent.answer.id), "repeated": True})

    async def _stop(self, frame: frames.Stop) -> None:
        announce_stop(await in_database(self._as_user, sending.stop, self.conversation_id, frame.message))

    def _on_ring(self, payload: Payload) -> None:
        """Something happened in this conversation, or to this person, in whatever process."""
        if self.reader is None:
            return
        if payload.get("look"):
            self.tasks.append(asyncio.create_task(self._check_signed_in()))
        for frame in payload.get("frames", ()):
            self.reader.say(frame)
        if "changed" in payload:
            self._on_changed(self.reader, payload["conversation"], payload["changed"])
        if "message" in payload:
            self.reader.subscribe(UUID(payload["message"]), fresh=not payload.get("repeated"))

    def _on_changed(self, reader: Reader, conversation: str, frame: str) -> None:
        if conversation == str(self.conversation_id):
            reader.say(frame)
        else:
            self.elsewhere.note(conversation, frame)

    async def _on_bad_frame(self, detail: str, ids: dict[str, str]) -> None:
        self.bad_in_a_row += 1
        if self.reader is not None:
            self.reader.say(frames.encode(frames.Error("bad_frame", detail, **ids)))
        if self.bad_in_a_row >= PATIENCE_WITH_FRAMES:
            await self.close(BAD_FRAMES)

    def _say_refusal(self, refusal: Refusal, frame: frames.Incoming, code: str = "") -> None:
        client_id = getattr(frame, "client_id", None)
        message = getattr(frame, "message", None)
        if isinstance(refusal, Busy):
            message = refusal.message_id
        error = frames.Error(
            code or refusal.code,
            refusal.detail,
            client_id=str(client_id) if client_id else None,
            message=str(message) if message else None,
        )
        if self.reader is not None:
            self.reader.say(frames.encode(error))

    async def say_bye(self) -> None:
        """Asks the page to come back in a while, each at another moment, and closes."""
        await self._send_text(frames.encode(frames.Bye(random.randint(0, 5000))))
        await self.close(GOING_DOWN)

    async def _send_text(self, text: str) -> None:
        await self.base_send({"type": "websocket.send", "text": text})

    async def _recheck(self) -> None:
        while True:
            await asyncio.sleep(RECHECK * random.uniform(0.8, 1.2))
            await self._check_signed_in()
            try:
                if self.reader is not None:
                    self.reader.check_patience()
            except Lagging:
                await self.close(LAGGING)

    async def _check_signed_in(self) -> None:
        try:
            await in_database(self._signed_in)
        except SignedOut:
            await self.close(NOT_SIGNED_IN)
        except DatabaseError as error:
            # An outage signs nobody out; the next look will tell.
            logger.warning("A session could not be checked: %s", type(error).__name__)

    async def _guard(self, work: Any) -> None:
        try:
            await work
        except DatabaseError:
            # The page comes back by itself and reads on from where it is.
            logger.exception("A reader lost the database")
            await self.say_bye()

    # What follows runs in a database thread.

    def _enter(self) -> None:
        self.user = self._signed_in()
        self._conversation()

    def _hello(self) -> str:
        conversation = self._conversation()
        return frames.encode(
            frames.Hello(conversation.id, conversation.active_leaf_id, _running(conversation))
        )

    def _signed_in(self) -> User:
        user = user_of(self.session_key)
        if user is None:
            raise SignedOut
        return user

    def _conversation(self) -> Conversation:
        conversation = Conversation.objects.of(self.user).filter(pk=self.conversation_id).first()
        if conversation is None:
            raise NotFound("There is no such conversation.")
        return conversation

    def _as_owner(self, question: Callable[..., T], *arguments: Any) -> T:
        self.user = self._signed_in()
        return question(self._conversation(), *arguments)

    def _as_user(self, verb: Callable[..., T], *arguments: Any) -> T:
        return verb(self._signed_in(), *arguments)


def _running(conversation: Conversation) -> list[UUID]:
    return list(conversation.messages.running().values_list("id", flat=True))


def _has_answer(conversation: Conversation, message_id: UUID) -> bool:
    return conversation.messages.filter(id=message_id, role="assistant").exists()
