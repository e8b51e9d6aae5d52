"""The metrics: what they count, who may read them, and that their labels are bounded."""

import json
import logging
import subprocess
import sys
import uuid
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.test import Client

from chatsite.logs import JsonFormatter
from conversations import tally as tallies
from conversations.endings import Ending
from conversations.lifecycle import House
from conversations.metrics import exposition
from conversations.metrics_port import serve_metrics
from conversations.models import Generation, Provider
from conversations.models.status import Status
from conversations.tally import MOST_MODELS, Histogram, Tally
from conversations.upstream import Usage
from tests.conftest import Limits
from tests.runner.asking import ask
from tests.scripted_upstream import ScriptedUpstream, finish, pause, text
from tests.serving.launched import ROOT, free_port
from tests.sockets import in_thread


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[Tally]:
    """Counts from nothing."""
    shared = tallies.tally
    before = {name: getattr(shared, name) for name in vars(shared)}
    shared.__init__()  # type: ignore[misc]
    yield shared
    vars(shared).update(before)


def test_this_machine_may_read_them(db: None, client: Client) -> None:
    response = client.get("/metrics")
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/plain; version=")
    assert b"chat_queue_length 0.0" in response.content


@pytest.mark.parametrize(
    "headers",
    [
        {"REMOTE_ADDR": "203.0.113.7"},
        {"HTTP_X_FORWARDED_FOR": "203.0.113.7"},
        {"HTTP_X_FORWARDED_PROTO": "https"},
        {"HTTP_FORWARDED": "for=127.0.0.1"},
        {"REMOTE_ADDR": ""},
    ],
)
def test_others_may_not(client: Client, db: None, headers: dict[str, str], limits: Limits) -> None:
    assert client.get("/metrics", **headers).status_code == 404  # type: ignore[arg-type]
    limits["metrics_token"] = "s3cret"  # type: ignore[assignment]
    wrong = {**headers, "HTTP_AUTHORIZATION": "Bearer nope"}
    right = {**headers, "HTTP_AUTHORIZATION": "Bearer s3cret"}
    assert client.get("/metrics", **wrong).status_code == 404  # type: ignore[arg-type]
    assert client.get("/metrics", **right).status_code == 200  # type: ignore[arg-type]
    limits["metrics"] = "open"  # type: ignore[assignment]
    assert client.get("/metrics", **headers).status_code == 200  # type: ignore[arg-type]
    limits["metrics"] = "off"  # type: ignore[assignment]
    assert client.get("/metrics", **right).status_code == 404  # type: ignore[arg-type]


async def test_an_answer_is_counted(
    house: House,
    alice: User,
    provider: Provider,
    upstream: ScriptedUpstream,
    caplog: pytest.LogCaptureFixture,
) -> None:
    upstream.script(steps=[text("One "), pause(0.3), text("two."), finish(usage=(30, 2))])
    with caplog.at_level(logging.INFO, "conversations.reporting"):
        await (await ask(house, alice, "My secret question")).ended()
    said = (await in_thread(exposition, house.gauges())).decode()
    model = 'model="alpha",provider="scripted"'
    assert f'chat_requests_total{{{model},purpose="answer",status="complete"}} 1.0' in said
    assert f'chat_tokens_total{{kind="prompt",{model}}} 30.0' in said
    assert f"chat_ttft_seconds_count{{{model}}} 1.0" in said
    # A pause of 0.3 seconds, and no token count spreads it.
    assert f"chat_token_gap_seconds_count{{{model}}} 1.0" in said
    assert f'chat_token_gap_seconds_bucket{{le="0.2",{model}}} 0.0' in said
    assert "chat_streams 0.0" in said
    assert "alice" not in said
    row = await Generation.objects.aget()
    [record] = [each for each in caplog.records if each.name == "conversations.reporting"]
    line = json.loads(JsonFormatter().format(record))
    assert line["ids"] == [str(row.pk)]
    assert (line["user"], line["answer"], line["conversation"]) == (
        alice.pk, str(row.message_id), str(row.conversation_id),
    )  # fmt: skip
    assert (line["status"], line["prompt_tokens"], line["source"]) == ("complete", 30, "reported")
    assert "secret" not in str(line)
    assert "One" not in str(line)


async def test_a_runner_serves_them_on_a_port_of_its_own(house: House) -> None:
    port = free_port()
    server = await serve_metrics(port, house.gauges)

    def scrape() -> str:
        import urllib.request

        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
            return str(answer.read().decode())

    assert "chat_flush_seconds_count" in await in_thread(scrape)
    server.close()


def test_labels_are_bounded() -> None:
    counted = Tally()
    ending = Ending(Status.COMPLETE, usage=Usage(1, 2, 3), ttft_ms=5, duration_ms=50)
    for number in range(3 * MOST_MODELS):
        row = {"provider_name": "p", "model_requested": f"model{number}", "purpose": "answer"}
        counted.ended(row, ending)
    assert len(counted.ttft) == MOST_MODELS + 1
    assert counted.requests["other", "other", "answer", "complete"] == 2 * MOST_MODELS
    assert sum(counted.requests.values()) == 3 * MOST_MODELS


def test_a_histogram_counts_up_to_each_bound() -> None:
    histogram = Histogram((1, 2))
    for size in (0.5, 1, 1.5, 9):
        histogram.observe(size)
    assert histogram.up_to() == [("1", 2), ("2", 3), ("+Inf", 4)]


def test_the_library_is_loaded_only_when_somebody_asks() -> None:
    program = (
        "import os, sys, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'chatsite.settings'; django.setup()\n"
        "import chatsite.asgi, conversations.views.metrics, conversations.metrics_port\n"
        "sys.exit('prometheus_client' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False, cwd=ROOT).returncode == 0


def test_the_dashboard_asks_for_metrics_that_there_are(db: None) -> None:
    dashboard = (ROOT / "chatsite/deploy/grafana-dashboard.json").read_text()
    said = exposition({"chat_sockets": 1, "chat_streams": 1}).decode()
    asked = {word for word in dashboard.replace("(", " ").replace("[", " ").split() if "chat_" in word}
    names = {word.split("chat_")[1].rstrip(')",\\') for word in asked}
    families = {line.split()[2] for line in said.splitlines() if line.startswith("# TYPE")}
    for name in names:
        base = f"chat_{name}".removesuffix("_bucket")
        assert base in families or f"{base}_total" in families, name


def test_log_lines_are_json_without_what_was_written() -> None:
    number = uuid.uuid4()
    record = logging.LogRecord(
        "conversations", logging.ERROR, "x.py", 1, "Generation %s broke", (number,), None
    )
    try:
        int("my secret question")
    except ValueError:
        record.exc_info = sys.exc_info()
    said = JsonFormatter().format(record)
    line = json.loads(said)
    assert (line["level"], line["ids"], line["error"]) == ("error", [str(number)], "ValueError")
    assert "test_metrics.py" in line["stack"]
    assert "invalid literal" not in said
