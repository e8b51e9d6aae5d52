"""What a probe's findings mean: each thing that was looked at, its figure, and its likely cause."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext, gettext_noop, ngettext

from conversations.probe_causes import cause_of
from conversations.probe_findings import Findings, Trial, bursts
from conversations.retelling import retold
from conversations.upstream.words import as_sentence

# Fewer tokens than this may well come in one piece.
SEVERAL_PIECES = 12
# Milliseconds: what is over sooner may be a fast server as well as a proxy that holds everything back.
LONG_ENOUGH = 1000
LOCAL_IS_OFF = gettext_noop(
    "The model on this machine runs only while `make run` does. Start it and ask again."
)


@dataclass(frozen=True, slots=True)
class Check:
    """`state`: ok, warn (works, but) or fail. `cause`: why, most likely, and what to do."""

    name: str
    state: str
    found: str
    cause: str = ""

    @property
    def line(self) -> str:
        cause = gettext("Likely cause: %(cause)s") % {"cause": self.cause} if self.cause else ""
        return f"{self.name}: {self.found} {cause}".rstrip()


def checks_of(findings: Findings) -> list[Check]:
    found = [*_address(findings), *_key(findings), *_models(findings)]
    for trial in findings.trials:
        found += _tool(findings, trial) if trial.with_tool else _answer(findings, trial)
    found += [*_streaming(findings), *_usage(findings), *_reasoning(findings), *_learnt(findings)]
    if findings.kind == "local" and any(trial.is_unreached for trial in findings.trials):
        found.append(Check(gettext("Local model"), "fail", gettext(LOCAL_IS_OFF)))
    return found


def problems_of(findings: Findings) -> list[str]:
    """A sentence or two each; empty when all is well."""
    return list(dict.fromkeys(check.line for check in checks_of(findings) if check.state != "ok"))


def summary_of(findings: Findings) -> str:
    """For a message on a page: one paragraph."""
    head = gettext("It can chat.") if findings.can_chat else gettext("It cannot chat.")
    count = len(findings.models)
    models = ngettext("%(count)s model.", "%(count)s models.", count) % {"count": count} if count else ""
    asked = [check for trial in findings.trials if trial.works for check in _answer(findings, trial)]
    lines = [f"{check.name}: {check.found}" for check in asked]
    return " ".join(part for part in (head, models, *lines, *problems_of(findings)) if part)


def _address(findings: Findings) -> Iterator[Check]:
    unreached = [trial for trial in findings.trials if trial.is_unreached]
    if not unreached:
        yield Check(
            gettext("Address"), "ok", gettext("%(address)s answers.") % {"address": findings.base_url}
        )


def _key(findings: Findings) -> Iterator[Check]:
    if any(trial.error_kind == "key" for trial in findings.trials):
        return  # the answer's own line says it
    if findings.can_chat:
        yield Check(
            gettext("Key"),
            "ok",
            gettext("Accepted.") if findings.has_key else gettext("None is stored, and none is wanted."),
        )


def _models(findings: Findings) -> Iterator[Check]:
    if findings.models_error:
        by_hand = gettext("They have to be named by hand.") if findings.can_chat else ""
        reached = findings.models_status is not None
        cause = cause_of(
            findings.models_kind, findings.models_error, reached=reached, has_key=findings.has_key
        )
        if findings.better_base:
            cause = gettext("The base URL lacks its end: models are listed at %(address)s. Enter that.")
            cause %= {"address": findings.better_base}
        elif findings.can_chat and findings.models_kind == "not_found":
            cause = gettext("The server keeps no list of its models.")
        state = "warn" if findings.can_chat else "fail"
        said = as_sentence(retold(findings.models_error))
        yield Check(gettext("Models"), state, f"{said} {by_hand}".rstrip(), cause)
        return
    count = len(findings.models)
    if not count:
        yield Check(
            gettext("Models"), "warn", gettext("The server lists none. They have to be named by hand.")
        )
    elif findings.model and findings.model not in findings.models:
        said = gettext("%(model)s is not among those that the server lists.") % {"model": findings.model}
        yield Check(
            gettext("Models"), "warn", said, gettext("The name is misspelt, or the list is not complete.")
        )
    else:
        yield Check(gettext("Models"), "ok", _listed(count, findings.model))


def _listed(count: int, model: str) -> str:
    words = ngettext("%(count)s listed, asked: %(model)s.", "%(count)s listed, asked: %(model)s.", count)
    return words % {"count": count, "model": model}


def _answer(findings: Findings, trial: Trial) -> Iterator[Check]:
    if trial.error:
        cause = cause_of(
            trial.error_kind, trial.error, reached=not trial.is_unreached, has_key=findings.has_key
        )
        said = gettext("%(error)s (after %(time)s)")
        said %= {"error": retold(trial.error), "time": _ms(trial.duration_ms)}
        yield Check(trial.name, "fail", said, cause)
    elif not trial.said_something:
        cause = gettext("The model has no chat template, or it is not made for conversations.")
        yield Check(trial.name, "fail", gettext("The answer was empty."), cause)
    else:
        yield Check(trial.name, "ok", ", ".join(_course(trial)) + ".")


def _course(trial: Trial) -> Iterator[str]:
    whole = {"time": _ms(trial.duration_ms)}
    if trial.streamed:
        yield gettext("First token after %(time)s") % {"time": _ms(trial.ttft_ms)}
        yield gettext("all after %(time)s") % whole
    else:
        yield gettext("All after %(time)s") % whole
    yield _tokens(trial)
    if trial.attempts > 1:
        yield gettext("asked %(count)s times") % {"count": trial.attempts}


def _streaming(findings: Findings) -> Iterator[Check]:
    trial = findings.trial(streamed=True)
    if trial is None or not trial.works:
        return
    pieces, long = len(trial.arrivals), (trial.duration_ms or 0) >= LONG_ENOUGH
    several = trial.completion_tokens >= SEVERAL_PIECES
    if several and pieces <= 1:
        cause = gettext("A proxy between that buffers, or a server that ignores `stream`.")
        yield Check(gettext("Pieces"), "warn", gettext("The whole answer came in one piece."), cause)
    elif several and long and not trial.thinks_unseen and bursts(trial.arrivals) <= 2:
        cause = gettext(
            "A proxy between collects the answer before it sends it on (nginx: proxy_buffering off)."
        )
        yield Check(
            gettext("Pieces"),
            "warn",
            gettext("The answer was held back and came in a bunch at the end."),
            cause,
        )
    else:
        yield Check(gettext("Pieces"), "ok", _pieces(pieces))


def _pieces(count: int) -> str:
    words = ngettext("The answer came in %(count)s piece.", "The answer came in %(count)s pieces.", count)
    return words % {"count": count}


def _usage(findings: Findings) -> Iterator[Check]:
    for trial in findings.trials:
        if not trial.works or trial.with_tool or trial.usage is not None:
            continue
        cause = (
            gettext("The server does not know stream_options.")
            if trial.streamed
            else gettext("The server counts none.")
        )
        said = gettext("%(trial)s, no token usage was reported, so it will be estimated.")
        said %= {"trial": trial.name}
        yield Check(gettext("Usage"), "warn", said, cause)


def _tool(findings: Findings, trial: Trial) -> Iterator[Check]:
    if trial.tool_called:
        yield Check(gettext("Tools"), "ok", gettext("The model called the tool that it was offered."))
    elif trial.error:
        cause = gettext(
            "This model, or the server as it was started, knows no tools. Conversations need none."
        )
        yield Check(
            gettext("Tools"), "warn", gettext("Refused: %(error)s") % {"error": retold(trial.error)}, cause
        )
    else:
        cause = gettext(
            "The server drops it, or the model was not taught to use tools. Conversations need none."
        )
        yield Check(
            gettext("Tools"), "warn", gettext("Ignored: the tool that had to be called was not."), cause
        )


def _reasoning(findings: Findings) -> Iterator[Check]:
    if any(trial.reasoning for trial in findings.trials):
        yield Check(gettext("Reasoning"), "ok", gettext("The model shows its reasoning."))
    elif any(trial.thinks_unseen for trial in findings.trials):
        yield Check(gettext("Reasoning"), "ok", gettext("The model reasons, and does not show it."))


def _learnt(findings: Findings) -> Iterator[Check]:
    for what in findings.learnt:
        yield Check(
            gettext("Request"),
            "ok",
            gettext("This server does not take %(what)s; it is asked without.") % {"what": gettext(what)},
        )


def _tokens(trial: Trial) -> str:
    if trial.usage is None:
        return gettext("token usage not reported")
    prompt, completion = trial.usage.prompt_tokens, trial.usage.completion_tokens
    words = gettext("%(prompt)s prompt tokens, %(completion)s completion tokens")
    return words % {"prompt": _count(prompt), "completion": _count(completion)}


def _ms(milliseconds: int | None) -> str:
    return gettext("an unknown time") if milliseconds is None else f"{milliseconds / 1000:.2f} s"


def _count(tokens: int | None) -> str:
    return "?" if tokens is None else str(tokens)
