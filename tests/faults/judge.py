"""The one judge of all cases: what tabs show, what is exported and saved, what the upstream has sent."""

from dataclasses import dataclass, field
from typing import Any

from tests.faults.person import Person
from tests.faults.services import Service
from tests.faults.tab import Tab
from tests.scripted_steps import SeenRequest
from tests.scripted_upstream import ScriptedUpstream

# MiB that a web process may take in these cases, whatever its tabs do.
MEMORY = 260


@dataclass
class Case:
    """One answer: its conversation, who watches it, and what the upstream was asked for it."""

    person: Person
    conversation: str
    upstream: ScriptedUpstream
    model: str
    tabs: list[Tab] = field(default_factory=list)

    @property
    def asked(self) -> list[SeenRequest]:
        return [request for request in self.upstream.requests if request.model == self.model]


async def judge(case: Case, webs: list[Service], *, status: str, requests: int = 1) -> dict[str, Any]:
    """The saved answer, when all agree about it."""
    for tab in case.tabs:
        await tab.until_done()
    alive = [web for web in webs if web.is_alive]
    exports = [await case.person.export(web, case.conversation) for web in alive]
    assert all(export == exports[0] for export in exports)
    [answer] = [message for message in exports[0]["messages"] if message["role"] == "assistant"]
    for tab in case.tabs:
        assert tab.text == answer["content"], "a tab shows something else than what is saved"
        assert tab.done is not None
        assert tab.done["status"] == answer["status"]
    assert answer["status"] == status, answer
    page = await case.person.page(alive[0], case.conversation)
    assert f'data-status="{status}"' in page
    assert len(case.asked) == requests
    if case.asked:
        sent = case.asked[-1].text
        assert sent.startswith(answer["content"]), "what is saved was never sent"
        if status == "complete":
            assert answer["content"] == sent
    for web in alive:
        assert web.memory() < MEMORY
    return dict(answer)
