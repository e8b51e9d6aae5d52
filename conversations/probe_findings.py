"""What a probe found, in numbers and in sentences: each thing that does not work, with its likely cause."""

from dataclasses import dataclass, field

from conversations.endings import Ending
from conversations.models import Generation
from conversations.models.status import Status
from conversations.upstream import Usage
from conversations.upstream.listing import Listed

# Fewer tokens than this may well come in one piece.
SEVERAL_PIECES = 12

LOCAL_IS_OFF = "The model on this machine runs only while `make run` does. Start it and ask again."
# Likely causes by kind (conversations/upstream/errors.py, failures.py): where no HTTP answer came at all…
UNREACHED = {
    "refused": "It is not running, or on another port. From inside a container, "
    "localhost is the container itself.",
    "dns": "The name is misspelt, or known only in another network.",
    "tls": "The certificate does not fit the name, or plain http is spoken there.",
}
BETWEEN = "A firewall or a proxy is between, or the machine is switched off."
# …and where one did.
CAUSES = {
    "key": "The key is missing, wrong, expired, or belongs to another server.",
    "not_found": "The model's name is misspelt, or the address does not end where /chat/completions begins "
    "(most end with /v1).",
    "too_long": "The model's context is too small even for a question of twenty words.",
    "rate_limited": "The account has no credit left, or asks too often.",
    "server": "The server has a fault of its own; its log will say more.",
    "redirect": "The address has moved, often from http to https: enter the new one.",
    "refused": "It does not take the request as it is: the model or the address may be for something else.",
    "not_understood": "Something else than an OpenAI-compatible server answers here: a login page, a proxy, "
    "or an address without /v1.",
    "first_token": "The model is still being loaded, or the machine is too slow for it.",
    "idle": "The machine is overloaded, or a proxy holds the answer back.",
    "total": "The model does not come to an end, or the machine is too slow for it.",
    "interrupted": "The server or a proxy between closed the connection in the middle.",
    "reported": "The server gave up in the middle; its log will say more.",
}
# Deadlines of ours, which may also be over before anything came.
WAITED = frozenset({"first_token", "idle", "total"})


@dataclass(frozen=True, slots=True)
class Trial:
    """One ask. Times in milliseconds; `usage` None where the server reported none."""

    streamed: bool
    works: bool
    deltas: int = 0
    ttft_ms: int | None = None
    duration_ms: int | None = None
    usage: Usage | None = None
    model: str = ""
    finish_reason: str = ""
    said_something: bool = False
    attempts: int = 0
    error: str = ""
    error_kind: str = ""
    status_code: int | None = None

    @classmethod
    def of(cls, ending: Ending, *, streamed: bool, deltas: int) -> "Trial":
        return cls(
            streamed=streamed,
            works=ending.status == Status.COMPLETE and ending.said_something,
            deltas=deltas,
            ttft_ms=ending.ttft_ms,
            duration_ms=ending.duration_ms,
            usage=ending.usage if ending.source == Generation.Source.REPORTED else None,
            model=ending.model_answered,
            finish_reason=ending.finish_reason,
            said_something=ending.said_something,
            attempts=ending.attempts,
            error=ending.error,
            error_kind=ending.error_kind,
            status_code=ending.status_code,
        )

    @property
    def name(self) -> str:
        return "With streaming" if self.streamed else "Without streaming"

    @property
    def is_hopeless(self) -> bool:
        """A second ask would only wait for the same answer."""
        return self.error_kind == "key" or self.is_unreached

    @property
    def is_unreached(self) -> bool:
        """No HTTP answer came, and it was not we who waited no longer."""
        return bool(self.error) and self.status_code is None and self.error_kind not in WAITED

    def line(self) -> str:
        """All of it in one line."""
        if self.error:
            return f"{self.name}: failed after {_ms(self.duration_ms)}"
        first = f"first token after {_ms(self.ttft_ms)}, " if self.streamed else ""
        return f"{self.name}: {first}all after {_ms(self.duration_ms)}, {self._tokens()}"

    def _tokens(self) -> str:
        if self.usage is None:
            return "token usage not reported"
        prompt, completion = self.usage.prompt_tokens, self.usage.completion_tokens
        return f"{_count(prompt)} prompt tokens, {_count(completion)} completion tokens"

    def problems(self) -> list[str]:
        if self.error:
            return [f"{self.name}: {self.error} Likely cause: {self._cause()}"]
        if not self.said_something:
            return [
                f"{self.name}: the answer was empty. Likely cause: the model has no chat template, "
                "or it is not made for conversations."
            ]
        return [*self._silence_about_usage(), *self._one_piece()]

    def _cause(self) -> str:
        if self.is_unreached:
            return UNREACHED.get(self.error_kind, BETWEEN)
        return CAUSES.get(self.error_kind, CAUSES["server"])

    def _silence_about_usage(self) -> list[str]:
        if self.usage is not None:
            return []
        cause = "the server does not know stream_options" if self.streamed else "the server counts none"
        return [f"{self.name}: no token usage was reported, so it will be estimated. Likely cause: {cause}."]

    def _one_piece(self) -> list[str]:
        tokens = (self.usage.completion_tokens or 0) if self.usage else 0
        if not self.streamed or self.deltas > 1 or tokens < SEVERAL_PIECES:
            return []
        return [
            "With streaming: the whole answer came in one piece. Likely cause: a proxy between that buffers, "
            "or a server that ignores `stream`."
        ]


@dataclass(slots=True)
class Findings:
    provider: str
    base_url: str
    kind: str = ""
    model: str = ""
    listed: list[Listed] = field(default_factory=list)
    models_error: str = ""
    trials: list[Trial] = field(default_factory=list)

    @property
    def models(self) -> list[str]:
        """The ids of what was listed."""
        return [model.id for model in self.listed]

    @property
    def can_chat(self) -> bool:
        """Answers are always asked for with streaming."""
        return any(trial.streamed and trial.works for trial in self.trials)

    @property
    def problems(self) -> list[str]:
        """A sentence or two each; empty when all is well."""
        by_hand = " They have to be named by hand." if self.can_chat else ""
        found = [f"Models: {self.models_error}{by_hand}"] if self.models_error else []
        if self.models and self.model and self.model not in self.models:
            found.append(f"Models: {self.model} is not among those that the server lists.")
        found += [problem for trial in self.trials for problem in trial.problems()]
        if self.kind == "local" and any(trial.is_unreached for trial in self.trials):
            found.append(LOCAL_IS_OFF)
        return list(dict.fromkeys(found))

    def summary(self) -> str:
        """For a page: one paragraph."""
        head = "answers." if self.can_chat else "cannot chat."
        models = f"{len(self.models)} models." if self.models else ""
        lines = [f"{trial.line()}." for trial in self.trials]
        return " ".join(part for part in (head, models, *lines, *self.problems) if part)


def _ms(milliseconds: int | None) -> str:
    return "an unknown time" if milliseconds is None else f"{milliseconds / 1000:.2f} s"


def _count(tokens: int | None) -> str:
    return "?" if tokens is None else str(tokens)
