"""An upstream that keeps its own books, and what its answers do: said in the question that it is asked."""

import json
import threading
from collections import Counter
from typing import Any

from tests.scripted_steps import Script, SeenRequest, Step, chunk, delta, finish, hang_up, hold, raw, text
from tests.scripted_upstream import ScriptedUpstream

WORDS = """
the tide rises twice a day because the moon pulls at the water on both sides of the earth and where the coast
is narrow it climbs far higher than in the open sea which is why harbours keep tables of it
""".split()  # noqa: SIM905


def tokens_of(words: str) -> int:
    """Its own vocabulary, which is not the one that our estimates were made for."""
    return max(1, round(len(words) / 3.2))


def length_of(number: str) -> int:
    """Words of the answer to a question with this number."""
    return 20 + int(number) % 90 if number.isdecimal() else 4


def answer_to(number: str) -> str:
    return " ".join(WORDS[place % len(WORDS)] for place in range(length_of(number)))


class Bookkeeper(ScriptedUpstream):
    """`reported`: what it said it used, for each model; `unsaid`: tokens that it sent and never reported."""

    def __init__(self) -> None:
        self.reported: Counter[str] = Counter()
        self._books = threading.Lock()
        self._failed: set[str] = set()
        super().__init__()

    def answer(self, request: SeenRequest) -> Script:
        if request.body is None:  # which models there are
            return super().answer(request)
        with self._changed:
            self.requests.append(request)
            self._changed.notify_all()
        question = str(request.body["messages"][-1]["content"])
        course, _, number = question.partition(" ")
        said = answer_to(number)
        prompt = sum(tokens_of(str(message["content"])) + 4 for message in request.body["messages"])
        return self._script(course, question, request.model, said, prompt)

    def _script(self, course: str, question: str, model: str, said: str, prompt: int) -> Script:
        parts = [text(f" {word}" if place else word) for place, word in enumerate(said.split(" "))]
        begin: list[Step] = [delta(role="assistant", content=""), *parts]
        if course in ("stop", "killed"):
            return Script([*begin, hold()])
        if course == "break":
            return Script([*begin, hang_up()])
        if course == "silent":
            return Script([*begin, finish()])
        if course == "refuse":
            return _refusal(400)
        if course == "busy" and question not in self._failed:
            self._failed.add(question)
            return _refusal(503)
        usage = (prompt, tokens_of(said))
        self._report(model, usage)
        return Script([*begin, _end(usage)])

    def _report(self, model: str, usage: tuple[int, int]) -> None:
        with self._books:
            self.reported[f"{model} prompt"] += usage[0]
            self.reported[f"{model} completion"] += usage[1]
            self.reported[f"{model} answers"] += 1

    @property
    def asked(self) -> list[SeenRequest]:
        """What was to be answered."""
        return [seen for seen in self.requests if seen.body is not None]

    def unsaid(self, course: str) -> int:
        """Tokens that were sent for questions of this course, by its own count."""
        asked = [seen for seen in self.asked if _course_of(seen) == course]
        return sum(tokens_of(seen.text) for seen in asked if seen.text)


def _course_of(seen: SeenRequest) -> str:
    return str(seen.body["messages"][-1]["content"]).partition(" ")[0]


def _end(usage: tuple[int, int]) -> Step:
    counts: dict[str, Any] = {
        "prompt_tokens": usage[0],
        "completion_tokens": usage[1],
        "total_tokens": sum(usage),
        "prompt_tokens_details": {"cached_tokens": usage[0] // 4},
    }
    return raw(delta("stop").data + chunk({"choices": [], "usage": counts}).data + b"data: [DONE]\n\n")


def _refusal(status: int) -> Script:
    body = json.dumps({"error": {"message": "No.", "type": "error"}}).encode()
    return Script(
        [raw(body)], status=status, headers={"Content-Type": "application/json", "Retry-After": "0"}
    )
