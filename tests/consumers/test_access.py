"""Who may open a socket, and what it answers to frames that make no sense."""

import uuid

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User

from conversations import lifecycle, sending
from conversations.models import Conversation, Generation, Message, Provider
from conversations.models.writing import writing
from tests.sockets import Page, cookie_of


def _begin(user: User) -> sending.Sent:
    """With an answer that was stopped before any runner could see it."""
    with writing():
        sent = sending.start_conversation(user, content="Hello")
        sending.stop(user, sent.conversation.id, sent.answer.id)
    return sent


def _running_elsewhere(user: User) -> sending.Sent:
    with writing():
        sent = sending.start_conversation(user, content="Hello")
        lease = Generation.lease_end(600)
        Generation.objects.update(status="streaming", lease_until=lease, owner="another")
        Message.objects.filter(pk=sent.answer.pk).update(status="streaming")
    return sent


begin, running_elsewhere = sync_to_async(_begin), sync_to_async(_running_elsewhere)


async def test_without_a_session_it_closes_with_4401(
    house: lifecycle.House, alice: User, provider: Provider
) -> None:
    sent = await begin(alice)
    page = await Page.open(None, sent.conversation.id)
    assert await page.closed() == 4401


async def test_with_a_made_up_session_it_closes_with_4401(
    house: lifecycle.House, alice: User, provider: Provider
) -> None:
    sent = await begin(alice)
    page = await Page.open(None, sent.conversation.id, cookie="sessionid=abc; other=1")
    assert await page.closed() == 4401


async def test_a_deactivated_account_closes_with_4401(
    house: lifecycle.House, alice: User, provider: Provider
) -> None:
    sent = await begin(alice)
    cookie = await sync_to_async(cookie_of)(alice)
    await User.objects.aupdate(is_active=False)
    page = await Page.open(None, sent.conversation.id, cookie=cookie)
    assert await page.closed() == 4401


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "null",
        "http://evil.example",
        "http://testserver:3000",
        "https://testserver",
        "http://testserver.evil.example",
        "http://testserver@evil.example",
        "nonsense",
    ],
)
async def test_another_origin_closes_with_4403(
    house: lifecycle.House, alice: User, provider: Provider, origin: str
) -> None:
    sent = await begin(alice)
    page = await Page.open(alice, sent.conversation.id, origin=origin)
    assert await page.closed() == 4403


async def test_a_foreign_conversation_closes_as_a_missing_one(
    house: lifecycle.House, alice: User, bob: User, provider: Provider
) -> None:
    sent = await begin(alice)
    foreign = await Page.open(bob, sent.conversation.id)
    missing = await Page.open(bob, uuid.uuid4())
    assert (await foreign.closed(), foreign.heard) == (4404, [])
    assert (await missing.closed(), missing.heard) == (4404, [])


async def test_a_message_of_another_conversation_is_not_found(
    house: lifecycle.House, alice: User, bob: User, provider: Provider
) -> None:
    hers, his = await begin(alice), await begin(bob)
    page = await Page.open(bob, his.conversation.id)
    for frame in (
        {"type": "subscribe", "message": str(hers.answer.id)},
        {"type": "generation.stop", "message": str(hers.answer.id)},
        {"type": "message.retry", "message": str(hers.answer.id), "client_id": str(uuid.uuid4())},
    ):
        await page.say(**frame)
        error = await page.until("error")
        assert (error["code"], error["message"]) == ("not_found", str(hers.answer.id))
    assert await Message.objects.filter(conversation=his.conversation).acount() == 2


async def test_bad_frames_are_answered_and_change_nothing(
    house: lifecycle.House, alice: User, provider: Provider
) -> None:
    sent = await begin(alice)
    page = await Page.open(alice, sent.conversation.id)
    client_id = str(uuid.uuid4())
    await page.say("message.send", client_id=client_id, content=3)
    error = await page.until("error")
    assert (error["code"], error["client_id"]) == ("bad_frame", client_id)
    await page.communicator.send_to(bytes_data=b"\x00\xff")
    assert (await page.until("error"))["code"] == "bad_frame"
    await page.say("ping")
    await page.until("pong")
    assert await Message.objects.acount() == 2


async def test_twenty_bad_frames_in_a_row_close_with_4400(
    house: lifecycle.House, alice: User, provider: Provider
) -> None:
    sent = await begin(alice)
    page = await Page.open(alice, sent.conversation.id)
    for _ in range(19):
        await page.say("nonsense")
    await page.say("ping")
    await page.until("pong")
    for _ in range(20):
        await page.say("nonsense")
    assert await page.closed() == 4400


@pytest.mark.parametrize(
    ("content", "code"), [("", "bad_frame"), ("x" * 300_000, "too_large")], ids=["empty", "too large"]
)
async def test_what_cannot_be_sent_comes_back_with_its_id(
    house: lifecycle.House, alice: User, provider: Provider, content: str, code: str
) -> None:
    sent = await begin(alice)
    page = await Page.open(alice, sent.conversation.id)
    client_id = await page.ask(content)
    error = await page.until("error")
    assert (error["code"], error["client_id"]) == (code, client_id)
    assert await Message.objects.acount() == 2


async def test_while_an_answer_runs_the_answer_is_busy(
    house: lifecycle.House, alice: User, provider: Provider
) -> None:
    sent = await running_elsewhere(alice)
    page = await Page.open(alice, sent.conversation.id)
    client_id = await page.ask("More")
    error = await page.until("error")
    assert (error["code"], error["message"], error["client_id"]) == ("busy", str(sent.answer.id), client_id)


async def test_without_a_provider_it_says_so(house: lifecycle.House, alice: User, provider: Provider) -> None:
    sent = await begin(alice)
    await Provider.objects.all().adelete()
    page = await Page.open(alice, sent.conversation.id)
    await page.ask("Hello?")
    assert (await page.until("error"))["code"] == "no_upstream"


async def test_signing_out_closes_the_socket(house: lifecycle.House, alice: User, provider: Provider) -> None:
    sent = await begin(alice)
    page = await Page.open(alice, sent.conversation.id)
    await page.until("hello")
    alice.set_password("another one entirely")
    await alice.asave()
    client_id = await page.ask("Still me?")
    assert await page.closed() == 4401
    assert client_id not in {frame.get("client_id") for frame in page.heard}


async def test_the_house_going_down_says_bye(house: lifecycle.House, alice: User, provider: Provider) -> None:
    conversation: Conversation = (await begin(alice)).conversation
    page = await Page.open(alice, conversation.id)
    await page.until("hello")
    await lifecycle.drain()
    assert await page.closed() == 4012
    assert page.heard[-1]["type"] == "bye"
