"""What a probe found: the facts of each request. What they mean is said in probe_checks.py."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from django.utils.translation import gettext

from conversations.endings import Ending
from conversations.models import Generation
from conversations.models.status import Status
from conversations.upstream import Usage
from conversations.upstream.listing import Listed

# Deadlines of ours, which may also be over before anything came.
WAITED = frozenset({"first_token", "idle", "total"})
# Seconds: what comes closer together than this was held back together, by whatever is between.
BURST_SECONDS = 0.02


def bursts(arrivals: Sequence[float]) -> int:
    """In how many bunches an answer came, by the moments at which its parts arrived."""
    return bool(arrivals) + sum(later - earlier > BURST_SECONDS for earlier, later in pairwise(arrivals))


@dataclass(frozen=True, slots=True)
class Trial:
    """One ask. Times in milliseconds; `usage` None where the server reported none."""

    streamed: bool
    works: bool
    with_tool: bool = False
    arrivals: tuple[float, ...] = ()  # seconds, one for each part that came by itself
    ttft_ms: int | None = None
    duration_ms: int | None = None
    usage: Usage | None = None
    model: str = ""
    finish_reason: str = ""
    said_something: bool = False
    reasoning: bool = False
    tool_called: bool = False
    attempts: int = 0
    error: str = ""
    error_kind: str = ""
    status_code: int | None = None

    @classmethod
    def of(
        cls, ending: Ending, *, streamed: bool, with_tool: bool = False, arrivals: Sequence[float] = ()
    ) -> "Trial":
        return cls(
            streamed=streamed,
            works=ending.status == Status.COMPLETE and ending.said_something,
            with_tool=with_tool,
            arrivals=tuple(arrivals),
            ttft_ms=ending.ttft_ms,
            duration_ms=ending.duration_ms,
            usage=ending.usage if ending.source == Generation.Source.REPORTED else None,
            model=ending.model_answered,
            finish_reason=ending.finish_reason,
            said_something=ending.said_something,
            reasoning=bool(ending.reasoning),
            tool_called=bool(ending.tool_calls),
            attempts=ending.attempts,
            error=ending.error,
            error_kind=ending.error_kind,
            status_code=ending.status_code,
        )

    @property
    def name(self) -> str:
        if self.with_tool:
            return gettext("With a tool")
        return gettext("With streaming") if self.streamed else gettext("Without streaming")

    @property
    def is_hopeless(self) -> bool:
        """A second ask would only wait for the same answer."""
        return self.error_kind == "key" or self.is_unreached

    @property
    def is_unreached(self) -> bool:
        """No HTTP answer came, and it was not we who waited no longer."""
        return bool(self.error) and self.status_code is None and self.error_kind not in WAITED

    @property
    def completion_tokens(self) -> int:
        return (self.usage.completion_tokens or 0) if self.usage else 0

    @property
    def thinks_unseen(self) -> bool:
        return not self.reasoning and bool(self.usage and self.usage.reasoning_tokens)


@dataclass(slots=True)
class Findings:
    provider: str
    base_url: str
    kind: str = ""
    has_key: bool = False
    model: str = ""
    listed: list[Listed] = field(default_factory=list)
    models_error: str = ""
    models_kind: str = ""
    models_status: int | None = None
    better_base: str = ""  # where a list of models was found, if not below the base URL
    trials: list[Trial] = field(default_factory=list)
    learnt: tuple[str, ...] = ()  # what this server refused now or earlier, and is asked without

    @property
    def models(self) -> list[str]:
        """The ids of what was listed."""
        return [model.id for model in self.listed]

    def trial(self, *, streamed: bool, with_tool: bool = False) -> Trial | None:
        wanted = (streamed, with_tool)
        return next((each for each in self.trials if (each.streamed, each.with_tool) == wanted), None)

    @property
    def can_chat(self) -> bool:
        """Answers are always asked for with streaming."""
        trial = self.trial(streamed=True)
        return trial is not None and trial.works
