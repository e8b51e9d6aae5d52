"""What a probe's findings mean: each thing that was looked at, its figure, and its likely cause."""

from collections.abc import Iterator
from dataclasses import dataclass

from conversations.probe_causes import cause_of
from conversations.probe_findings import Findings, Trial, bursts
from conversations.upstream.words import as_sentence

# Fewer tokens than this may well come in one piece.
SEVERAL_PIECES = 12
# Milliseconds: what is over sooner may be a fast server as well as a proxy that holds everything back.
LONG_ENOUGH = 1000
LOCAL_IS_OFF = "The model on this machine runs only while `make run` does. Start it and ask again."


@dataclass(frozen=True, slots=True)
class Check:
    """`state`: ok, warn (works, but) or fail. `cause`: why, most likely, and what to do."""

    name: str
    state: str
    found: str
    cause: str = ""

    @property
    def line(self) -> str:
        cause = f" Likely cause: {self.cause}" if self.cause else ""
        return f"{self.name}: {self.found}{cause}"


def checks_of(findings: Findings) -> list[Check]:
    found = [*_address(findings), *_key(findings), *_models(findings)]
    for trial in findings.trials:
        found += _tool(findings, trial) if trial.with_tool else _answer(findings, trial)
    found += [*_streaming(findings), *_usage(findings), *_reasoning(findings), *_learnt(findings)]
    if findings.kind == "local" and any(trial.is_unreached for trial in findings.trials):
        found.append(Check("Local model", "fail", LOCAL_IS_OFF))
    return found


def problems_of(findings: Findings) -> list[str]:
    """A sentence or two each; empty when all is well."""
    return list(dict.fromkeys(check.line for check in checks_of(findings) if check.state != "ok"))


def summary_of(findings: Findings) -> str:
    """For a message on a page: one paragraph."""
    head = "answers." if findings.can_chat else "cannot chat."
    models = f"{len(findings.models)} models." if findings.models else ""
    asked = [check for trial in findings.trials if trial.works for check in _answer(findings, trial)]
    lines = [f"{check.name}: {check.found}" for check in asked]
    return " ".join(part for part in (head, models, *lines, *problems_of(findings)) if part)


def _address(findings: Findings) -> Iterator[Check]:
    unreached = [trial for trial in findings.trials if trial.is_unreached]
    if not unreached:
        yield Check("Address", "ok", f"{findings.base_url} answers.")


def _key(findings: Findings) -> Iterator[Check]:
    if any(trial.error_kind == "key" for trial in findings.trials):
        return  # the answer's own line says it
    if findings.can_chat:
        yield Check("Key", "ok", "Accepted." if findings.has_key else "None is stored, and none is wanted.")


def _models(findings: Findings) -> Iterator[Check]:
    if findings.models_error:
        by_hand = " They have to be named by hand." if findings.can_chat else ""
        reached = findings.models_status is not None
        cause = cause_of(
            findings.models_kind, findings.models_error, reached=reached, has_key=findings.has_key
        )
        if findings.better_base:
            cause = f"The base URL lacks its end: models are listed at {findings.better_base}. Enter that."
        elif findings.can_chat and findings.models_kind == "not_found":
            cause = "The server keeps no list of its models."
        state = "warn" if findings.can_chat else "fail"
        said = as_sentence(findings.models_error)
        yield Check("Models", state, f"{said}{by_hand}", cause)
        return
    count = len(findings.models)
    if not count:
        yield Check("Models", "warn", "The server lists none. They have to be named by hand.")
    elif findings.model and findings.model not in findings.models:
        said = f"{findings.model} is not among those that the server lists."
        yield Check("Models", "warn", said, "The name is misspelt, or the list is not complete.")
    else:
        yield Check("Models", "ok", f"{count} listed, asked: {findings.model}.")


def _answer(findings: Findings, trial: Trial) -> Iterator[Check]:
    if trial.error:
        cause = cause_of(
            trial.error_kind, trial.error, reached=not trial.is_unreached, has_key=findings.has_key
        )
        yield Check(trial.name, "fail", f"{trial.error} (after {_ms(trial.duration_ms)})", cause)
    elif not trial.said_something:
        cause = "The model has no chat template, or it is not made for conversations."
        yield Check(trial.name, "fail", "The answer was empty.", cause)
    else:
        first = f"First token after {_ms(trial.ttft_ms)}, all" if trial.streamed else "All"
        again = f", asked {trial.attempts} times" if trial.attempts > 1 else ""
        yield Check(trial.name, "ok", f"{first} after {_ms(trial.duration_ms)}, {_tokens(trial)}{again}.")


def _streaming(findings: Findings) -> Iterator[Check]:
    trial = findings.trial(streamed=True)
    if trial is None or not trial.works:
        return
    pieces, long = len(trial.arrivals), (trial.duration_ms or 0) >= LONG_ENOUGH
    several = trial.completion_tokens >= SEVERAL_PIECES
    if several and pieces <= 1:
        cause = "A proxy between that buffers, or a server that ignores `stream`."
        yield Check("Pieces", "warn", "The whole answer came in one piece.", cause)
    elif several and long and not trial.thinks_unseen and bursts(trial.arrivals) <= 2:
        cause = "A proxy between collects the answer before it sends it on (nginx: proxy_buffering off)."
        yield Check("Pieces", "warn", "The answer was held back and came in a bunch at the end.", cause)
    else:
        yield Check("Pieces", "ok", f"The answer came in {pieces} {'piece' if pieces == 1 else 'pieces'}.")


def _usage(findings: Findings) -> Iterator[Check]:
    for trial in findings.trials:
        if not trial.works or trial.with_tool or trial.usage is not None:
            continue
        cause = "The server does not know stream_options." if trial.streamed else "The server counts none."
        said = f"{trial.name}, no token usage was reported, so it will be estimated."
        yield Check("Usage", "warn", said, cause)


def _tool(findings: Findings, trial: Trial) -> Iterator[Check]:
    if trial.tool_called:
        yield Check("Tools", "ok", "The model called the tool that it was offered.")
    elif trial.error:
        cause = "This model, or the server as it was started, knows no tools. Conversations need none."
        yield Check("Tools", "warn", f"Refused: {trial.error}", cause)
    else:
        cause = "The server drops it, or the model was not taught to use tools. Conversations need none."
        yield Check("Tools", "warn", "Ignored: the tool that had to be called was not.", cause)


def _reasoning(findings: Findings) -> Iterator[Check]:
    if any(trial.reasoning for trial in findings.trials):
        yield Check("Reasoning", "ok", "The model shows its reasoning.")
    elif any(trial.thinks_unseen for trial in findings.trials):
        yield Check("Reasoning", "ok", "The model reasons, and does not show it.")


def _learnt(findings: Findings) -> Iterator[Check]:
    for what in findings.learnt:
        yield Check("Request", "ok", f"This server does not take {what}; it is asked without.")


def _tokens(trial: Trial) -> str:
    if trial.usage is None:
        return "token usage not reported"
    prompt, completion = trial.usage.prompt_tokens, trial.usage.completion_tokens
    return f"{_count(prompt)} prompt tokens, {_count(completion)} completion tokens"


def _ms(milliseconds: int | None) -> str:
    return "an unknown time" if milliseconds is None else f"{milliseconds / 1000:.2f} s"


def _count(tokens: int | None) -> str:
    return "?" if tokens is None else str(tokens)
