"""What asks without a person: monitors and browsers."""

import asyncio
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from conversations import lifecycle
from conversations.models import Process
from tests.conftest import Limits
from tests.sockets import PATIENCE


def test_a_living_process_says_so(client: Client) -> None:
    assert client.get("/healthz").status_code == 200


@pytest.mark.django_db
def test_without_a_runner_it_is_not_ready_and_says_why(client: Client) -> None:
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json() == {"ready": False, "problems": ["The process is still starting."]}


@pytest.mark.django_db
def test_where_answers_are_carried_out_elsewhere_somebody_must_do_it(client: Client, limits: Limits) -> None:
    missing = "No runner has given a sign of life."
    assert missing not in client.get("/readyz").json()["problems"]
    limits["generation_runner"] = "external"  # type: ignore[assignment]
    silent = timezone.now() - timedelta(seconds=99)
    Process.objects.create(name="web", host="here", pid=1)
    gone = Process.objects.create(name="gone", host="there", pid=2, runner="r", seen_at=silent)
    assert missing in client.get("/readyz").json()["problems"]
    gone.seen_at = timezone.now()
    gone.save()
    assert missing not in client.get("/readyz").json()["problems"]


async def test_with_layer_and_runner_it_is_ready(house: lifecycle.House) -> None:
    async with asyncio.timeout(PATIENCE):
        while house.doorbell.reaches_far and not house.layer.was_asked:
            await house.layer.turn(within=0.05)
    assert lifecycle.trouble() == ""
    house.going_down = True
    assert lifecycle.trouble() == "The process is going down."


def test_the_icon_is_found_where_browsers_look(client: Client) -> None:
    response = client.get("/favicon.ico")
    assert response.status_code == 302
    assert response["Location"].endswith(".svg")
