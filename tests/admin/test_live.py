"""The live board: what runs now, who is there, and stopping one answer from there."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.utils import timezone

from conversations import claims, sending
from conversations.lifecycle import House
from conversations.models import AuditEntry, Generation, GenerationEvent, Process, Provider
from conversations.threads import in_database
from tests.conftest import Limits

PAGE, STOP = "/admin/live/", "/admin/live/stop/"


def begun(user: User) -> sending.Sent:
    sent = sending.start_conversation(user, content="my-secret-diary")
    claims.claim_waiting("runner-1", 9)
    row = Generation.objects.get(message=sent.answer)
    GenerationEvent.objects.create(generation=row, seq_from=1, seq_to=2, content="four words of secret")
    return sent


def test_it_shows_who_and_how_far_but_not_what(
    alice: User, bob: User, provider: Provider, as_admin: Client
) -> None:
    begun(alice)
    sending.start_conversation(bob, content="my-secret-diary")
    page = as_admin.get(PAGE).content.decode()
    for word in ("alice", "bob", "alpha", "scripted", "answering", "queued", "≈ 4", "runner-1"):
        assert word in page, word
    assert "secret" not in page.replace("secret-model", "")


def test_an_abandoned_answer_is_seen(alice: User, provider: Provider, as_admin: Client) -> None:
    begun(alice)
    Generation.objects.update(lease_until=timezone.now() - timedelta(seconds=9))
    assert "without a runner" in as_admin.get(PAGE).content.decode()


def test_an_answer_is_stopped_from_there_and_the_log_says_who(
    alice: User, provider: Provider, as_admin: Client
) -> None:
    begun(alice)
    row = Generation.objects.get()
    assert f'value="{row.pk}"' in as_admin.get(PAGE).content.decode()
    assert as_admin.post(STOP, {"generation": row.pk}).status_code == 302
    row.refresh_from_db()
    assert row.stop_requested_at is not None
    entry = AuditEntry.objects.get(kind="stop")
    assert (entry.actor_name, entry.about) == ("admin", f"alice: request {row.pk}")
    assert "stopping" in as_admin.get(PAGE).content.decode()


@pytest.mark.parametrize("generation", ["", "nonsense", "00000000-0000-0000-0000-000000000000"])
def test_what_does_not_run_cannot_be_stopped(as_admin: Client, generation: str) -> None:
    response = as_admin.post(STOP, {"generation": generation}, follow=True)
    assert "has ended already" in response.content.decode()
    assert not AuditEntry.objects.filter(kind="stop").exists()


def test_it_is_for_administrators(alice: User, as_alice: Client, client: Client, provider: Provider) -> None:
    begun(alice)
    row = Generation.objects.get()
    for address in (PAGE, STOP):
        assert client.get(address).status_code == 302
        assert as_alice.get(address, follow=True).status_code == 403
    alice.is_staff = True
    alice.save()
    alice.user_permissions.add(Permission.objects.get(codename="view_generation"))
    assert as_alice.get(PAGE).status_code == 200
    assert as_alice.post(STOP, {"generation": row.pk}).status_code == 403
    assert as_alice.get(STOP).status_code == 405


def test_processes_that_fell_silent_are_marked(as_admin: Client) -> None:
    now = timezone.now()
    Process.objects.create(name="a", host="here", pid=1, runner="r", seen_at=now)
    Process.objects.create(name="b", host="gone", pid=2, seen_at=now - timedelta(seconds=99))
    page = as_admin.get(PAGE).content.decode()
    assert page.count("not heard of") == 1
    assert "at work" in page


@pytest.mark.parametrize(
    ("times", "words"),
    [
        ([1.25, 3.5], "Redis, 3.5 ms"),
        ([1.25, None], "Redis, no answer in 1 of 2 processes"),
        ([None, None], "Redis, no answer<"),
        ([], "Redis<"),
    ],
)
def test_the_layer_is_as_the_processes_found_it(
    as_admin: Client, limits: Limits, times: list[float | None], words: str
) -> None:
    limits["redis_url"] = "redis://somewhere"  # type: ignore[assignment]
    for number, layer_ms in enumerate(times):
        Process.objects.create(name=str(number), host="here", pid=number, layer_ms=layer_ms)
    silent = timezone.now() - timedelta(seconds=99)
    Process.objects.create(name="silent", host="gone", pid=9, layer_ms=900, seen_at=silent)
    assert f"<dd>{words}" in as_admin.get(PAGE).content.decode()


def test_the_lease_of_a_runner_is_shown(alice: User, provider: Provider, as_admin: Client) -> None:
    begun(alice)
    Generation.objects.update(lease_until=timezone.now() + timedelta(seconds=1000))
    page = as_admin.get(PAGE).content.decode()
    assert any(f">{seconds} s</td>" in page for seconds in range(800, 1001))


async def test_a_house_gives_signs_of_life(house: House) -> None:
    await in_database(house.heartbeat.beat)
    await in_database(house.heartbeat.beat)
    process = await Process.objects.aget()
    assert (process.serves_pages, process.runner, process.is_silent) == (True, house.runner.name, False)  # type: ignore[union-attr]
    await house.drain()
    assert not await Process.objects.aexists()
