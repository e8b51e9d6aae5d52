"""Answers that have ended, without a runner."""

from typing import Any

from django.contrib.auth.models import User

from conversations import sending
from conversations.models import Generation, Message


def end(answer: Message, content: str = "Fine.", status: str = "complete", **fields: Any) -> Message:
    """Ends an answer as a runner would have."""
    seq = len(content)
    Message.objects.filter(pk=answer.pk).update(status=status, content=content, last_seq=seq, **fields)
    running = Generation.objects.filter(message=answer, status__in=["queued", "streaming"])
    running.update(status=status, last_seq=seq, ttft_ms=10)
    answer.refresh_from_db()
    return answer


def ended(user: User, content: str = "Fine.", status: str = "complete", **fields: Any) -> sending.Sent:
    """A conversation whose only answer has ended so."""
    sent = sending.start_conversation(user, content="One")
    end(sent.answer, content, status, **fields)
    return sent
