"""Asking an upstream on trial, through the command, the admin's action and directly."""

import dataclasses
import io
import socket
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from conversations.models import Generation, Provider
from conversations.probe import probe
from conversations.probe_checks import problems_of
from conversations.probe_findings import Findings
from tests.scripted_upstream import ScriptedUpstream, error, finish, raw, text, tool_call

KEY = "sk-scripted"
JSON: dict[str, Any] = {"headers": {"Content-Type": "application/json"}}
WHOLE = (
    b'{"id":"c1","model":"alpha-1","choices":[{"index":0,"message":{"role":"assistant","content":"one, two"},'
    b'"finish_reason":"stop"}],"usage":{"prompt_tokens":20,"completion_tokens":4,"total_tokens":24}}'
)


def healthy(upstream: ScriptedUpstream) -> None:
    upstream.script(steps=[raw(WHOLE)], **JSON)
    upstream.script(steps=[text("one, "), text("two"), finish(usage=(21, 5))])
    upstream.script(steps=[tool_call("clock", "{}"), finish("tool_calls", usage=(60, 9))])


def findings_of(provider: Provider, **how: Any) -> Findings:
    return async_to_sync(probe)(provider, **how)


def run(*arguments: str) -> tuple[str, int]:
    """What the command prints, and its exit status."""
    out = io.StringIO()
    try:
        call_command("probe_upstream", *arguments, stdout=out, stderr=io.StringIO())
    except SystemExit as end:
        return out.getvalue(), int(end.code or 0)
    return out.getvalue(), 0


def test_a_healthy_server_is_asked_without_and_with_streaming_and_with_a_tool(
    provider: Provider, upstream: ScriptedUpstream
) -> None:
    healthy(upstream)
    printed, status = run()
    asked = [request.body["stream"] for request in upstream.requests if request.method == "POST"]
    assert asked == [False, True, True]
    assert [bool(request.body.get("tools")) for request in upstream.requests[1:]] == [False, False, True]
    assert status == 0
    for words in (
        "Models: alpha, beta",
        "20 prompt tokens, 4 completion",
        "First token after",
        "It can chat.",
    ):
        assert words in printed
    assert "Does not work" not in printed
    assert KEY not in printed


def test_all_asks_stand_in_the_ledger(provider: Provider, upstream: ScriptedUpstream, admin: User) -> None:
    healthy(upstream)
    findings_of(provider, user=admin)
    rows = list(Generation.objects.order_by("prompt_tokens"))
    assert [(row.purpose, row.status, row.source) for row in rows] == [("probe", "complete", "reported")] * 3
    assert [(row.prompt_tokens, row.completion_tokens) for row in rows] == [(20, 4), (21, 5), (60, 9)]
    assert {(row.user_name, row.provider_name, row.model_requested) for row in rows} == {
        ("admin", "scripted", "alpha")
    }
    assert all(row.started_at and row.ended_at and row.duration_ms is not None for row in rows)


def test_the_models_that_were_listed_are_kept(provider: Provider, upstream: ScriptedUpstream) -> None:
    upstream.models = ["alpha", "gamma"]
    findings_of(provider)
    provider.refresh_from_db()
    assert list(provider.offered.visible().values_list("model_id", flat=True)) == ["alpha", "gamma"]
    assert provider.models_checked_at is not None


def test_the_model_can_be_chosen(provider: Provider, upstream: ScriptedUpstream) -> None:
    run("--provider", "scripted", "--model", "beta")
    assert {request.model for request in upstream.requests if request.method == "POST"} == {"beta"}


def test_a_refused_key_is_asked_with_once_and_explained(
    provider: Provider, upstream: ScriptedUpstream
) -> None:
    upstream.refuse(401, {"error": {"message": f"Incorrect API key provided: {KEY}"}})
    printed, status = run()
    assert status == 1
    assert "The key is missing, wrong, expired" in printed
    assert KEY not in printed
    row = Generation.objects.get()
    assert (row.status, row.error_kind, row.status_code) == ("failed", "key", 401)


def test_a_dead_address_is_explained(provider: Provider) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closing:
        port = closing.getsockname()[1]
    Provider.objects.update(base_url=f"http://127.0.0.1:{port}/v1")
    printed, status = run()
    assert status == 1
    assert "From inside a container" in printed
    assert "It cannot chat." in printed
    assert Generation.objects.get().status == "failed"


def test_a_server_that_only_answers_whole_cannot_chat(provider: Provider, upstream: ScriptedUpstream) -> None:
    upstream.script(steps=[raw(WHOLE)], **JSON)
    upstream.script(steps=[text("one"), error("out of memory")])
    found = findings_of(provider)
    assert [trial.works for trial in found.trials] == [True, False]
    assert not found.can_chat
    assert any("With streaming" in problem and "out of memory" in problem for problem in problems_of(found))


def test_a_server_that_counts_nothing_is_told_apart_and_estimated(
    provider: Provider, upstream: ScriptedUpstream
) -> None:
    upstream.script(steps=[text("one, two"), finish()])
    found = findings_of(provider)
    assert found.can_chat
    assert sum("no token usage was reported" in problem for problem in problems_of(found)) == 2
    assert set(Generation.objects.values_list("source", flat=True)) == {"estimated"}


def test_an_answer_in_one_piece_is_noticed(provider: Provider, upstream: ScriptedUpstream) -> None:
    upstream.script(steps=[text("one, two, three, four"), finish(usage=(20, 40))])
    assert any("came in one piece" in problem for problem in problems_of(findings_of(provider)))


def test_an_empty_answer_is_no_chat(provider: Provider, upstream: ScriptedUpstream) -> None:
    upstream.script(steps=[finish(usage=(20, 0))])
    found = findings_of(provider)
    assert not found.can_chat
    assert any("The answer was empty" in problem for problem in problems_of(found))


def test_a_list_of_models_is_not_needed_to_chat(provider: Provider, upstream: ScriptedUpstream) -> None:
    upstream.refuse(404, {"error": {"message": "no such path"}}, model="GET /models")
    healthy(upstream)
    printed, status = run()
    assert status == 0
    assert "They have to be named by hand" in printed
    assert "none listed" in printed


def test_a_model_that_is_not_listed_is_pointed_out(provider: Provider, upstream: ScriptedUpstream) -> None:
    printed, _ = run("--model", "alhpa")
    assert "alhpa is not among those that the server lists" in printed


def test_without_any_provider_the_command_says_what_to_do(db: None) -> None:
    with pytest.raises(CommandError, match="OPENAI_BASE_URL"):
        run()


def test_an_unknown_name_is_answered_with_the_known_ones(provider: Provider) -> None:
    with pytest.raises(CommandError, match="There are: scripted"):
        run("--provider", "typo")


def test_the_environment_is_enough(db: None, upstream: ScriptedUpstream, settings: Settings) -> None:
    settings.ENVIRONMENT = dataclasses.replace(
        settings.ENVIRONMENT, openai_base_url=upstream.base_url, openai_api_key="sk-from-outside"
    )
    _, status = run()
    assert status == 0
    assert upstream.request(1).headers["authorization"] == "Bearer sk-from-outside"
    assert Provider.objects.get().api_key == ""


def act(client: Client, action: str, *providers: Provider) -> str:
    chosen = {"action": action, "_selected_action": [str(provider.pk) for provider in providers]}
    response = client.post("/admin/conversations/provider/", chosen, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def test_the_admin_can_test_a_connection(
    provider: Provider, upstream: ScriptedUpstream, as_admin: Client
) -> None:
    healthy(upstream)
    page = act(as_admin, "test_connection", provider)
    assert "Scripted: It can chat. 2 models." in page
    assert set(Generation.objects.values_list("user_name", flat=True)) == {"admin"}


def test_the_admin_reads_why_it_does_not_work(
    provider: Provider, upstream: ScriptedUpstream, as_admin: Client
) -> None:
    upstream.refuse(404, {"error": {"message": "<b>no</b> such model"}})
    page = act(as_admin, "test_connection", provider)
    assert "cannot chat" in page
    assert "Likely cause" in page
    assert "<b>no</b>" not in page
