"""A page's socket: who may open it, what it hears, when it is closed. What its frames mean: `interpreter`."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Coroutine
from contextvars import copy_context
from functools import partial
from typing import Any
from uuid import UUID

from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.db import DatabaseError
from django.utils.translation import activate, gettext

from conversations import articles, frames, lifecycle, short_way, waiting
from conversations.consumers.interpreter import Interpreter
from conversations.consumers.lost_rings import LostRings
from conversations.consumers.visitor import SignedOut, Visitor
from conversations.doorbell import Payload, conversation_topic, user_topic
from conversations.elsewhere import Elsewhere
from conversations.models import Conversation
from conversations.reader import Lagging, Reader
from conversations.refusals import Busy, NotFound, Refusal
from conversations.retelling import retold
from conversations.signin import language_of, same_origin, session_key_of
from conversations.threads import in_database

logger = logging.getLogger(__name__)

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

NOT_SIGNED_IN, FOREIGN_ORIGIN, NO_CONVERSATION = 4401, 4403, 4404
BAD_FRAMES, LAGGING, GOING_DOWN = 4400, 4408, 4012
# Bad frames in a row after which a page is not worth listening to.
PATIENCE_WITH_FRAMES = 20
# Seconds between looks whether this person is still signed in and this page still reads.
RECHECK = 30.0
# What a ring only names, and each page reads.
_READINGS: dict[str, Callable[[Conversation], str]] = {
    "queue": waiting.queue_frame,
    "draft": waiting.draft_frame,
}


class ConversationConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]
    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """One frame after the other, in this task.

        Channels would make two tasks and visit a thread for each frame, acknowledgements included.
        """
        self.scope, self.base_send = scope, send
        self.reader: Reader | None = None
        self.tasks: set[asyncio.Task[None]] = set()
        self.language = language_of(scope)
        # For this task, and by it for all that it starts.
        activate(self.language)
        self.context = copy_context()
        self.bad_in_a_row = 0
        self.short_way = short_way.offered(scope)
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
        await self.accept()
        conversation_id = self.scope["url_route"]["kwargs"]["conversation_id"]
        self.visitor = Visitor(session_key_of(self.scope), conversation_id)
        self.house = lifecycle.started()
        if self.house.going_down:
            await self.say_bye()
        elif not same_origin(self.scope):
            await self.close(FOREIGN_ORIGIN)
        else:
            await self._open(self.house)

    async def _open(self, house: lifecycle.House) -> None:
        try:
            await in_database(self.visitor.enter)
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
            send_now=self.short_way.send if self.short_way else None,
        )
        self.interpreter = Interpreter(self.visitor, self.reader, self._hear)
        self.elsewhere = Elsewhere(self.reader.say)
        self.lost_rings = LostRings(self.visitor, self.reader)
        if self.short_way:
            self.short_way.hear = self.interpreter.hear_at_once
        house.sockets.add(self)
        for topic in self._topics():
            house.doorbell.listen(topic, self._on_ring)
        # Listening came first: what happens while this is read is said after it, and nothing is missed.
        hello = await in_database(self.visitor.ask, waiting.hello)
        self.interpreter.told_running = hello.running
        self.reader.say_first(frames.encode(hello))
        self._keep(self._guard(self.reader.run))
        self._keep(self._recheck())
        if house.doorbell.reaches_far:
            self._keep(self.lost_rings.watch())

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        """Runs it beside the frames, until the socket is gone."""
        # Whoever rang speaks another language, maybe.
        task = asyncio.create_task(work, context=self.context.copy())
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def _leave(self) -> None:
        if self.reader is None:
            return
        if self.short_way:
            self.short_way.hear = None
        self.house.sockets.discard(self)
        for topic in self._topics():
            self.house.doorbell.unlisten(topic, self._on_ring)
        for task in list(self.tasks):
            task.cancel()
        self.elsewhere.close()
        self.reader.close()
        self.reader = None

    def _topics(self) -> tuple[str, str]:
        return conversation_topic(self.visitor.conversation_id), user_topic(self.visitor.user.pk)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.reader is None:
            return
        try:
            frame = frames.decode(text_data if text_data is not None else bytes_data or b"")
        except frames.BadFrame as error:
            await self._on_bad_frame(retold(str(error)), frames.named(text_data or b""))
            return
        self.bad_in_a_row = 0
        try:
            await self.interpreter.carry_out(frame)
        except Refusal as refusal:
            self._say_refusal(refusal, frame)
        except SignedOut:
            await self.close(NOT_SIGNED_IN)
        except DatabaseError:
            logger.exception("A frame could not be carried out")
            detail = gettext(
                "The server cannot reach its database at the moment. Nothing was sent; please try again."
            )
            self._say_refusal(Refusal(detail), frame, code="unavailable")

    def _on_ring(self, payload: Payload) -> None:
        """Something happened in this conversation, or to this person, in whatever process."""
        if "changed" in payload:
            self._on_changed(payload["conversation"], payload["changed"])
        elif self.reader is not None and self._is_foreign(payload):
            self._keep(self._guard(partial(self._hear_in_own_words, payload)))
        else:
            self._hear(payload)

    def _hear(self, payload: Payload) -> None:
        if self.reader is None:
            return
        if payload.get("look"):
            self._keep(self._check_signed_in())
        for frame in payload.get("frames", ()):
            self.reader.say(frame)
        if "message" in payload or "frames" in payload:
            self.lost_rings.heard()
        if "message" in payload:
            # `after` is said of an answer that is not new.
            after = payload.get("after")
            self.reader.subscribe(UUID(payload["message"]), after=after or 0, fresh=after is None)
        if "read" in payload and payload.get("but") != self.interpreter.name:
            self._keep(self._guard(partial(self._tell, _READINGS[payload["read"]])))

    def _is_foreign(self, payload: Payload) -> bool:
        made = "message" in payload and "frames" in payload
        return made and payload.get("language", settings.LANGUAGE_CODE) != self.language

    async def _hear_in_own_words(self, payload: Payload) -> None:
        """What was made in another language: made anew, as it is now."""
        try:
            again, after = await in_database(self.visitor.ask, articles.created_again, payload["frames"])
        except (SignedOut, NotFound):
            return
        self._hear({**payload, "frames": again, "after": after})

    async def _tell(self, reading: Callable[[Conversation], str]) -> None:
        """Reads and says what has changed; one after the other, so that the last word is the newest."""
        async with self.interpreter.in_turn:
            try:
                frame = await in_database(self.visitor.ask, reading)
            except (SignedOut, NotFound):
                # The next look closes the socket.
                return
            if self.reader is not None:
                self.reader.say(frame)

    def _on_changed(self, conversation: str, frame: str) -> None:
        """Every page of a person hears this of each of their conversations."""
        if self.reader is None:
            return
        if conversation == self.visitor.conversation:
            self.reader.say(frame)
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
            await in_database(self.visitor.signed_in)
        except SignedOut:
            await self.close(NOT_SIGNED_IN)
        except DatabaseError as error:
            # An outage signs nobody out; the next look will tell.
            logger.warning("A session could not be checked: %s", type(error).__name__)

    async def _guard(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except DatabaseError:
            # The page comes back by itself and reads on from where it is.
            logger.exception("A reader lost the database")
            await self.say_bye()
