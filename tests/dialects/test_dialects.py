"""Every dialect through the running product: a question by websocket, the answer as the export has it."""

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import AsyncClient

from conversations.lifecycle import House
from conversations.models import Conversation, Provider
from conversations.upstream import retry
from tests.conftest import Limits
from tests.dialects.case import Case
from tests.dialects.ends import ENDS
from tests.dialects.framing import FRAMING
from tests.dialects.shapes import SHAPES
from tests.dialects.tools import TOOLS
from tests.scripted_upstream import ScriptedUpstream
from tests.sockets import Page

FAMILIES = {"framing": FRAMING, "shapes": SHAPES, "tools": TOOLS, "ends": ENDS}
TOTALS = ("prompt_tokens", "completion_tokens", "total_tokens")


@pytest.mark.parametrize("family", FAMILIES)
async def test_a_dialect_means_what_it_means(
    house: House,
    alice: User,
    provider: Provider,
    upstream: ScriptedUpstream,
    limits: Limits,
    monkeypatch: pytest.MonkeyPatch,
    family: str,
) -> None:
    limits["rate_limit_messages"] = limits["max_running_per_user"] = 0
    monkeypatch.setattr(retry, "_BACKOFF", (0.01, 0.01))
    browser = AsyncClient()
    await browser.aforce_login(alice)
    wrong = {}
    for case in FAMILIES[family]:
        said = await answered(case, alice, upstream, browser)
        expected = meaning(case)
        differing = {name: said[name] for name in expected if said[name] != expected[name]}
        differing |= faults_of_error(case, said["error"] or "")
        if differing:
            wrong[case.name] = differing
    assert wrong == {}


async def answered(
    case: Case, user: User, upstream: ScriptedUpstream, browser: AsyncClient
) -> dict[str, Any]:
    """Asks over the socket; returns the answer from the export, with what the page was shown beside it."""
    for script in (case, case.then):
        if script is not None:
            how = {"status": script.status, "headers": script.headers, "transfer": script.transfer}
            upstream.script(model=case.name, steps=script.steps, **how)
    talk = await Conversation.objects.acreate(owner=user)
    cookie = f"sessionid={browser.cookies['sessionid'].value}"
    page = await Page.open(None, talk.id, cookie=cookie)
    await page.ask("What now?", model=case.name)
    gates = [step.name for step in case.steps if step.kind == "wait"]
    while (done := await page.next())["type"] != "message.done":
        assert done["type"] != "error", done
        if gates and case.content in page.texts.values():
            # Only now: a reset takes with it what the other side has not read yet.
            upstream.release(gates.pop())
    await page.leave()
    export = json.loads((await browser.get(f"/conversations/{talk.id}/export.json")).content)
    answer: dict[str, Any] = export["messages"][-1]
    usage = answer["usage"] or {}
    totals = tuple(usage.get(name) for name in TOTALS) if usage.get("source") == "reported" else None
    names = ("id", "name", "arguments")
    calls = [tuple(call[name] for name in names) for call in answer["tool_calls"]]
    shown = page.texts[answer["id"]]
    return answer | {"usage": totals, "tool_calls": calls, "done": done["status"], "shown": shown}


def meaning(case: Case) -> dict[str, Any]:
    fields = ("content", "reasoning", "refusal", "finish_reason", "usage")
    expected = {name: getattr(case, name) for name in fields}
    calls = list(case.tool_calls)
    return expected | {
        "tool_calls": calls,
        "status": case.outcome,
        "done": case.outcome,
        "shown": case.content,
    }


def faults_of_error(case: Case, error: str) -> dict[str, str]:
    needed = case.outcome in ("failed", "interrupted")
    wrong = bool(error) != needed or case.error not in error or (case.unsaid and case.unsaid in error)
    return {"error": error} if wrong else {}


def test_no_two_cases_share_a_name() -> None:
    names = [case.name for family in FAMILIES.values() for case in family]
    assert len(names) == len(set(names))
    assert len(names) >= 40
