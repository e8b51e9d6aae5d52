"""What asks without a person: monitors and browsers."""

import pytest
from django.test import Client

from conversations import lifecycle


def test_a_living_process_says_so(client: Client) -> None:
    assert client.get("/healthz").status_code == 200


@pytest.mark.django_db
def test_without_a_runner_it_is_not_ready_and_says_why(client: Client) -> None:
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json() == {"ready": False, "problems": ["The process is still starting."]}


async def test_with_database_and_runner_it_is_ready(house: lifecycle.House) -> None:
    assert lifecycle.trouble() == ""
    house.going_down = True
    assert lifecycle.trouble() == "The process is going down."


def test_the_icon_is_found_where_browsers_look(client: Client) -> None:
    response = client.get("/favicon.ico")
    assert response.status_code == 302
    assert response["Location"].endswith(".svg")
