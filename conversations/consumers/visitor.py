"""Whoever holds a socket: asked for anew by each thing they do. All of it runs in a database thread."""

from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar
from uuid import UUID

from django.contrib.auth.models import User
from django.utils.translation import gettext

from conversations.models import Conversation
from conversations.refusals import NotFound
from conversations.signin import user_of

P = ParamSpec("P")
T = TypeVar("T")


class SignedOut(Exception):
    """The session ended, the account was deactivated or its password changed."""


class Visitor:
    user: User

    def __init__(self, session_key: str, conversation_id: UUID) -> None:
        self.session_key = session_key
        self.conversation_id = conversation_id
        # The same as rings name it.
        self.conversation = str(conversation_id)

    def enter(self) -> Conversation:
        """Raises SignedOut, and NotFound for a conversation that is not theirs."""
        self.user = self.signed_in()
        conversation = Conversation.objects.of(self.user).filter(pk=self.conversation_id).first()
        if conversation is None:
            raise NotFound(gettext("There is no such conversation."))
        return conversation

    def signed_in(self) -> User:
        user = user_of(self.session_key)
        if user is None:
            raise SignedOut
        return user

    def ask(
        self, question: Callable[Concatenate[Conversation, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Asks something of the conversation."""
        return question(self.enter(), *args, **kwargs)

    def do(self, verb: Callable[Concatenate[User, UUID, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Does something to the conversation; verbs look for themselves whose it is."""
        return verb(self.signed_in(), self.conversation_id, *args, **kwargs)
