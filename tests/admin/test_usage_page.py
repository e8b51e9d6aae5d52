"""The usage page: what it shows, and that its CSV says the same."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conversations.models import OfferedModel, Provider
from conversations.usage import fold
from conversations.usage.printed import AMOUNTS
from tests.usage.rows import spent

PAGE, CSV = "/admin/usage/", "/admin/usage.csv"
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture
def march(alice: User, bob: User) -> None:
    """Forty requests in March of two people and two models, with every outcome."""
    outcomes = ("complete", "complete", "stopped", "interrupted", "failed")
    alice.groups.add(Group.objects.create(name="sales"))
    for number in range(40):
        spent(
            (alice, bob)[number % 2],
            at=NOON + timedelta(days=number // 4),
            tokens=(number, 2 * number),
            status=outcomes[number % 5],
            model_requested=("alpha", "beta")[number % 3 == 0],
            cost=Decimal(number) / 1000 if number % 4 else None,
            currency="USD" if number % 4 else "",
        )


def lines(client: Client, query: str, page: str = CSV) -> list[dict[str, str]]:
    response: Any = client.get(f"{page}?{query}")
    assert response.status_code == 200
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in response["Content-Disposition"]

    async def whole() -> bytes:
        return b"".join([chunk async for chunk in response.streaming_content])

    return list(csv.DictReader(io.StringIO(async_to_sync(whole)().decode())))


def charts(page: str) -> list[ElementTree.Element]:
    return [
        ElementTree.fromstring(svg) for svg in re.findall(r"<svg class=\"usage.*?</svg>", page, re.DOTALL)
    ]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "from=2026-03-12&to=2026-03-15",
        "user=alice",
        "model=beta&user=bob",
        "status=stopped",
        "from=2026-03-11&status=complete&model=alpha",
        "to=1999-01-01",
        "provider=scripted&purpose=answer",
        "group=sales",
        "from=2026-02-27&to=2026-03-31",
    ],
)
def test_the_page_and_its_csv_agree(march: None, as_admin: Client, query: str) -> None:
    fold(23)  # some rows are in the rollups, some are not
    context = as_admin.get(f"{PAGE}?{query}").context
    sums, found = context["whole"], lines(as_admin, query)
    assert sums.requests == len(found)
    assert sums.total == sum(int(line["total_tokens"]) for line in found)
    assert sums.amounts.get("USD", 0) == sum(Decimal(line["cost"]) for line in found if line["cost"])
    total = AMOUNTS.index("Total")
    for table in [context["period_table"], *context["tables"]]:
        assert sum(values[total] for _, _, values in table.lines) == sums.total
    assert sum(values[1] for *_, values in context["outcome_table"].lines) == sums.requests


def test_the_page_links_to_the_csv_of_what_it_shows(march: None, as_admin: Client) -> None:
    page = as_admin.get(f"{PAGE}?user=alice&from=2026-03-12").content.decode()
    assert f'href="{CSV}?from=2026-03-12&amp;user=alice"' in page


def test_every_chart_is_named_and_has_a_table(march: None, as_admin: Client) -> None:
    page = as_admin.get(PAGE).content.decode()
    found = charts(page)
    assert len(found) == 8
    for svg in found:
        names = (svg.attrib["aria-labelledby"] or "").split()
        assert [element.attrib["id"] for element in svg[:2]] == names
    assert page.partition('id="content-main"')[2].count("<table>") == 14


def test_nothing_is_styled_or_scripted_inline(march: None, as_admin: Client) -> None:
    response = as_admin.get(PAGE)
    body = response.content.decode().partition('id="content-main"')[2]
    assert "style=" not in body
    assert "<script" not in body.partition("</main>")[0]
    assert "style-src 'self'" in response["Content-Security-Policy"]


def test_charts_are_numbers_in_every_language(march: None, as_admin: Client) -> None:
    page = as_admin.get(PAGE, headers={"Accept-Language": "de"}).content.decode()
    for svg in charts(page):
        for rect in svg.iter("rect"):
            assert all(float(rect.attrib[name]) >= 0 for name in ("x", "y", "width", "height"))


def test_names_are_text(as_admin: Client, db: None) -> None:
    spent(None, user_name="<script>alert(1)</script>", model_requested='"><img src=x>')
    page = as_admin.get(PAGE).content.decode()
    assert "<script>alert" not in page
    assert "<img" not in page


def test_an_empty_ledger_says_so(as_admin: Client) -> None:
    page = as_admin.get(PAGE).content.decode()
    assert "No request matches" in page
    assert lines(as_admin, "") == []


@pytest.mark.parametrize(
    "query",
    ["from=soon", "status=fine", "from=2026-02-02&to=2026-02-01", "user=%00", "rows=user&columns=user"],
)
def test_nonsense_is_answered_in_words(march: None, as_admin: Client, query: str) -> None:
    page = as_admin.get(f"{PAGE}?{query}")
    assert page.status_code == 400
    assert "errornote" in page.content.decode()
    table = as_admin.get(f"{CSV}?{query}")
    assert table.status_code == 400
    assert table["Content-Type"].startswith("text/plain")
    assert table.content.decode().endswith(".")


def test_people_and_models_are_suggested(march: None, as_admin: Client) -> None:
    provider = Provider.objects.create(name="p", base_url="http://p/v1")
    OfferedModel.objects.create(provider=provider, model_id="gamma")
    page = as_admin.get(PAGE).content.decode()
    assert '<option value="bob">' in page
    assert '<option value="gamma">' in page


def test_a_busier_ledger_takes_no_more_queries(march: None, alice: User, as_admin: Client) -> None:
    as_admin.get(PAGE)
    with CaptureQueriesContext(connection) as few:
        as_admin.get(PAGE)
    for number in range(30):
        spent(None, at=NOON, user_name=f"person{number}", model_requested=f"model{number}")
    with CaptureQueriesContext(connection) as many:
        as_admin.get(PAGE)
    assert len(few) == len(many)


TABLES = ["model", "user", "group", "provider", "purpose", "period", "outcome", "hour", "times"]


@pytest.mark.parametrize("name", TABLES)
def test_every_table_is_a_file_too(march: None, as_admin: Client, name: str) -> None:
    page = as_admin.get(PAGE).content.decode()
    assert f'href="/admin/usage/{name}.csv"' in page
    found = lines(as_admin, "", f"/admin/usage/{name}.csv")
    assert found
    assert len(found[0]) > 1


def test_a_file_of_a_table_is_of_what_the_page_shows(march: None, as_admin: Client) -> None:
    [line] = lines(as_admin, "user=alice", "/admin/usage/user.csv")
    assert (line["Person"], line["Requests"], line["Cost"]) == ("alice", "20", "0.20000000 USD")
    assert line["First token p99, ms"] == ""
    assert as_admin.get("/admin/usage/nothing.csv").status_code == 404
    assert as_admin.get("/admin/usage/cross.csv").status_code == 404


@pytest.mark.parametrize("address", ["model.csv", "cross.csv?rows=user&columns=month&measure=cost"])
def test_a_file_is_the_same_in_every_language(march: None, as_admin: Client, address: str) -> None:
    name, _, query = address.partition("?")
    english = lines(as_admin, query, f"/admin/usage/{name}")
    as_admin.cookies["django_language"] = "de"
    assert lines(as_admin, query, f"/admin/usage/{name}") == english


def test_two_dimensions_are_crossed(march: None, as_admin: Client) -> None:
    query = "rows=user&columns=status&measure=requests"
    page = as_admin.get(f"{PAGE}?{query}").content.decode()
    assert "Person by outcome: Requests" in page
    assert f"/admin/usage/cross.csv?{query.replace('&', '&amp;')}" in page
    found = {line["Person by outcome"]: line for line in lines(as_admin, query, "/admin/usage/cross.csv")}
    assert found["alice"]["Complete"] == "8"


def test_a_span_is_compared_with_the_one_before(march: None, as_admin: Client) -> None:
    page = as_admin.get(f"{PAGE}?from=2026-03-15&to=2026-03-19").context
    trend = {trend.title: (trend.change, trend.amount) for trend in page["trends"]}
    assert trend["Requests"] == ("the same", "20")
    assert trend["Tokens"][0] == "+211%"
    assert as_admin.get(PAGE).context["trends"] == []
