"""How answers end that nobody ends: their runner is gone, and the log has their text."""

import pytest
from django.contrib.auth.models import User

from conversations import claims, endings, sending
from conversations.claims import Claim, Written
from conversations.endings import LOST, RESTARTED, Ending, account
from conversations.models import Conversation, Generation, GenerationEvent, Message, Provider
from conversations.models.status import Status
from conversations.upstream import Usage

pytestmark = pytest.mark.django_db(transaction=True)


def begun(user: User, *texts: str, owner: str = "gone") -> Claim:
    """An answer that a runner has claimed, with its log."""
    sending.start_conversation(user, content="How are you?")
    [claim] = claims.claim_waiting(owner, 1)
    for seq, text in enumerate(texts, 1):
        written = Written(claim, seq, seq, text, f"({text})", "")
        standing = claims.flush(owner, [claim.generation_id], [written])
        assert standing.ours == {claim.generation_id}
    return claim


def run_out(claim: Claim) -> None:
    Generation.objects.filter(pk=claim.generation_id).update(lease_until=Generation.lease_end(-1))


def test_an_abandoned_answer_keeps_what_the_log_holds(alice: User, provider: Provider) -> None:
    claim = begun(alice, "I am ", "fine")
    run_out(claim)
    assert endings.reap() == [claim.message_id]
    message = Message.objects.get(pk=claim.message_id)
    assert (message.content, message.reasoning) == ("I am fine", "(I am )(fine)")
    assert (message.status, message.error) == ("interrupted", LOST)
    # Far beyond what a page may have seen of the answer without its being logged.
    assert message.last_seq == endings.next_after_loss(2) > 100_000
    assert message.usage is not None
    assert message.usage["source"] == "estimated"
    row = Generation.objects.get()
    assert (row.status, row.error_kind, row.source) == ("interrupted", "lost", "estimated")
    assert row.prompt_tokens
    assert row.completion_tokens
    assert row.total_tokens == row.prompt_tokens + row.completion_tokens
    assert row.ended_at is not None
    assert not GenerationEvent.objects.exists()


def test_a_lease_that_holds_is_left_alone(alice: User, provider: Provider) -> None:
    begun(alice, "Still ")
    assert endings.reap() == []
    assert Generation.objects.get().status == "streaming"


def test_the_only_process_ends_everything_that_streams(alice: User, provider: Provider) -> None:
    claim = begun(alice, "Still ")
    sending.start_conversation(alice, content="Not begun")
    assert endings.reap(everything=True) == [claim.message_id]
    message = Message.objects.get(pk=claim.message_id)
    assert (message.content, message.status, message.error) == ("Still ", "interrupted", RESTARTED)
    assert Generation.objects.waiting().count() == 1


def test_reaping_twice_changes_nothing(alice: User, provider: Provider) -> None:
    run_out(begun(alice, "Once"))
    assert len(endings.reap()) == 1
    before = Message.objects.values().get(role="assistant")
    assert endings.reap() == endings.reap(everything=True) == []
    assert Message.objects.values().get(role="assistant") == before


def test_who_comes_back_while_its_log_is_read_goes_on(
    alice: User, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = begun(alice, "Mine")
    run_out(claim)
    read = endings._from_log

    def late(generation: Generation) -> Ending:
        claims.flush("gone", [claim.generation_id], [])
        return read(generation)

    monkeypatch.setattr(endings, "_from_log", late)
    assert endings.reap() == []
    assert Generation.objects.get().status == "streaming"


def test_a_conversation_that_is_deleted_while_its_log_is_read_keeps_no_other(
    alice: User, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun_ = [begun(alice, "One"), begun(alice, "Two")]
    for claim in begun_:
        run_out(claim)
    read = endings._from_log

    def gone(generation: Generation) -> Ending:
        Conversation.objects.exclude(generations=generation).delete()
        return read(generation)

    monkeypatch.setattr(endings, "_from_log", gone)
    endings.reap()
    assert not Generation.objects.running().exists()


def test_an_abandoned_answer_without_text_is_ended_too(alice: User, provider: Provider) -> None:
    claim = begun(alice)
    run_out(claim)
    assert endings.reap() == [claim.message_id]
    message = Message.objects.get(pk=claim.message_id)
    assert (message.content, message.status) == ("", "interrupted")
    assert message.last_seq == endings.next_after_loss(0)


def test_a_row_without_its_message_is_ended_too(alice: User, provider: Provider) -> None:
    claim = begun(alice, "Gone ")
    run_out(claim)
    Message.objects.filter(pk=claim.message_id).delete()
    assert endings.reap() == []
    assert Generation.objects.get().status == "interrupted"


def test_who_was_given_up_cannot_write(alice: User, provider: Provider) -> None:
    claim = begun(alice, "Mine")
    run_out(claim)
    endings.reap()
    standing = claims.flush("gone", [claim.generation_id], [Written(claim, 2, 2, "late", "", "")])
    assert standing.ours == frozenset()
    late = Ending(Status.COMPLETE, content="all of it")
    assert not endings.finish(claim.generation_id, owner="gone", fence=claim.fence, ending=late)
    assert Message.objects.get(pk=claim.message_id).content == "Mine"
    assert not GenerationEvent.objects.exists()


def test_a_flush_whose_answer_was_lost_may_come_again(alice: User, provider: Provider) -> None:
    claim = begun(alice, "One ")
    twice = [Written(claim, 1, 1, "One ", "", ""), Written(claim, 2, 2, "two", "", "")]
    claims.flush("gone", [claim.generation_id], twice)
    assert (
        "".join(GenerationEvent.objects.order_by("seq_from").values_list("content", flat=True)) == "One two"
    )


MESSAGES = [{"role": "user", "content": "How are you?"}]


@pytest.mark.parametrize("status", [Status.COMPLETE, Status.STOPPED, Status.INTERRUPTED, Status.FAILED])
def test_what_the_server_reported_counts(status: Status) -> None:
    ending = Ending(status, content="Fine", usage=Usage(3, 1, 4))
    account(ending, MESSAGES)
    assert (ending.usage, ending.source) == (Usage(3, 1, 4), "reported")


@pytest.mark.parametrize("status", [Status.COMPLETE, Status.STOPPED, Status.INTERRUPTED, Status.FAILED])
def test_text_without_a_report_is_estimated(status: Status) -> None:
    ending = Ending(status, content="Fine", reasoning="Let me see")
    account(ending, MESSAGES)
    assert ending.usage is not None
    assert ending.usage.prompt_tokens
    assert ending.usage.completion_tokens
    assert ending.source == "estimated"


def test_a_refused_request_has_cost_nothing() -> None:
    ending = Ending(Status.FAILED, error="No such key")
    account(ending, MESSAGES)
    assert (ending.usage, ending.source) == (None, "")
