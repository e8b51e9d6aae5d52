"""One's own numbers: mine, never another's, with what is left of my budgets."""

from datetime import timedelta

from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from conversations.models import Budget
from conversations.usage import fold
from tests.usage.rows import spent

PAGE = "/account/usage/"


def test_it_shows_my_numbers_and_nobody_elses(alice: User, bob: User, as_alice: Client) -> None:
    spent(alice, tokens=(1000, 234))
    spent(bob, tokens=(50_000, 7000), model_requested="secret-model")
    fold()
    page = as_alice.get(PAGE).content.decode()
    assert "1,234" in page
    assert "secret-model" not in page
    assert "57,000" not in page


def test_signed_out_it_leads_to_the_login_page(db: None, client: Client) -> None:
    assert client.get(PAGE).url == f"/accounts/login/?next={PAGE}"  # type: ignore[attr-defined]
    assert client.post(PAGE).status_code == 302


def test_it_is_only_read(as_alice: Client) -> None:
    assert as_alice.post(PAGE).status_code == 405


def test_a_name_in_the_address_changes_nothing(alice: User, bob: User, as_alice: Client) -> None:
    spent(bob, tokens=(50_000, 7000))
    assert "57,000" not in as_alice.get(f"{PAGE}?user=bob&span=all").content.decode()


def test_the_span_is_a_choice(alice: User, as_alice: Client) -> None:
    spent(alice, tokens=(400, 44), at=timezone.now() - timedelta(days=90))
    assert "444" not in as_alice.get(PAGE).content.decode()
    assert "444" not in as_alice.get(f"{PAGE}?span=month").content.decode()
    assert "444" in as_alice.get(f"{PAGE}?span=all").content.decode()
    assert as_alice.get(f"{PAGE}?span=nonsense").status_code == 200


def test_what_is_left_of_a_budget_is_said(alice: User, bob: User, as_alice: Client) -> None:
    Budget.objects.create(amount=1000)
    Budget.objects.create(amount=7777, user=bob)
    spent(alice, tokens=(200, 50))
    page = as_alice.get(PAGE).content.decode()
    assert "750 tokens" in page
    assert 'value="25"' in page
    assert "7,777" not in page


def test_every_page_says_when_a_budget_is_nearly_used_up(alice: User, as_alice: Client) -> None:
    Budget.objects.create(amount=100)
    assert "Your budget" not in as_alice.get("/").content.decode()
    spent(alice, tokens=(85, 0))
    for page in ("/", "/history/", PAGE):
        assert "Your budget of 100 tokens a month is used to 85%" in as_alice.get(page).content.decode()


def test_a_refused_message_stays_in_the_box(alice: User, as_alice: Client, provider: object) -> None:
    Budget.objects.create(amount=1)
    spent(alice)
    response = as_alice.post("/conversations/", {"message": "My long question"})
    assert response.status_code == 429
    assert "My long question" in response.content.decode()
    assert "is used up" in response.content.decode()


def test_the_sidebar_leads_there(as_alice: Client) -> None:
    assert f'href="{PAGE}"' in as_alice.get("/").content.decode()
