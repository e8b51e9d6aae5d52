"""What a request may ask of the model beside its messages: names, ranges, and how people write them.

A set of parameters is a plain dict of the API's own names; what is not set is not in it. Sets lie in
layers (the provider's defaults, the conversation's own); the later layer wins, name by name.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from conversations.sentences import gettext_noop

_UNKNOWN = gettext_noop("There is no such parameter. There are {names}.")
_TOO_MANY = gettext_noop("There can be {most} stop sequences at most; these are {number}.")
_TOO_LONG = gettext_noop("A stop sequence can have {most} characters at most.")
_ONE_OF = gettext_noop("Please choose one of {names}, or leave this empty.")

EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh")
MAX_STOPS, MAX_STOP_LENGTH = 4, 100
# No number of ours is longer; int() of a very long text would take its time.
_MAX_DIGITS = 40
_INT64 = 2**63
# Far beyond what any parameter may be; infinity, NaN and integers without end are not below it.
_HUGE = 1e300

# In stop sequences, where a line is one sequence: `\n` and `\t` are those characters, `\\` is one backslash.
_ESCAPED = re.compile(r"\\([nt\\])")
_MEANS = {"n": "\n", "t": "\t", "\\": "\\"}
_UNSENDABLE = re.compile("[\0\ud800-\udfff]")


class BadParameters(ValueError):
    """`problems`: the name of each parameter that makes no sense → a sentence that says what would."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(" ".join(f"{name}: {sentence}" for name, sentence in problems.items()))
        self.problems = problems


def clean_parameters(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The set parameters of `raw`: values as JSON has them, or texts as a form sends them.

    "" and None mean "not set". Raises BadParameters, which names all that is wrong at once.
    """
    clean: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for name, value in raw.items():
        if _is_unset(value):
            continue
        if name not in READERS:
            problems[str(name)] = _UNKNOWN.format(names=", ".join(NAMES))
            continue
        try:
            clean[name] = READERS[name](value)
        except ValueError as error:
            problems[name] = str(error)
    if problems:
        raise BadParameters(problems)
    return {name: clean[name] for name in NAMES if name in clean}


def merged(*layers: Mapping[str, Any]) -> dict[str, Any]:
    """One set of several; the later ones win."""
    return {name: value for layer in layers for name, value in layer.items() if name in READERS}


def as_text(value: Any) -> str:
    """A parameter as it stands in a form; `clean_parameters` reads it back."""
    if isinstance(value, list):
        return "\n".join(_escaped(entry) for entry in value)
    return "" if value is None else str(value)


def described(parameters: Mapping[str, Any]) -> str:
    """`temperature 0.2, stop "END" or "###"`: a set of parameters in one line."""
    return ", ".join(f"{name} {_in_words(value)}" for name, value in parameters.items())


def _is_unset(value: Any) -> bool:
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def _in_words(value: Any) -> str:
    if isinstance(value, list):
        return " or ".join(f'"{_escaped(entry)}"' for entry in value)
    return str(value)


def _number(low: float, high: float, sentence: str) -> Callable[[Any], float]:
    def read(value: Any) -> float:
        number = _as_float(value)
        if number is None or not low <= number <= high:
            raise ValueError(sentence)
        return number

    return read


def _whole(low: int, high: int, sentence: str) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        number = _as_int(value)
        if number is None or not low <= number <= high:
            raise ValueError(sentence)
        return number

    return read


def _as_float(value: Any) -> float | None:
    """A finite number; a comma is a decimal point, for many people's keyboards have it there."""
    if isinstance(value, str):
        text = value.strip().replace(",", ".")
        if len(text) > _MAX_DIGITS or not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)", text, re.ASCII):
            return None
        value = float(text)
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= _HUGE:
        return None
    return value


def _as_int(value: Any) -> int | None:
    if isinstance(value, str):
        text = value.strip()
        fits = len(text) <= _MAX_DIGITS and re.fullmatch(r"[+-]?\d+", text, re.ASCII)
        return int(text) if fits else None
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _stops(value: Any) -> list[str]:
    if isinstance(value, str):
        value = [_unescaped(line) for line in value.replace("\r\n", "\n").split("\n") if line.strip()]
    if not isinstance(value, list) or not all(isinstance(entry, str) and entry for entry in value):
        raise ValueError(gettext_noop("Please write one stop sequence in each line."))
    stops = list(dict.fromkeys(value))
    if len(stops) > MAX_STOPS:
        raise ValueError(_TOO_MANY.format(most=MAX_STOPS, number=len(stops)))
    if any(len(entry) > MAX_STOP_LENGTH for entry in stops):
        raise ValueError(_TOO_LONG.format(most=MAX_STOP_LENGTH))
    if any(_UNSENDABLE.search(entry) for entry in stops):
        raise ValueError(gettext_noop("A stop sequence holds a character that cannot be sent."))
    return stops


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")


def _unescaped(line: str) -> str:
    return _ESCAPED.sub(lambda found: _MEANS[found[1]], line)


def _effort(value: Any) -> str:
    effort = value.strip().lower() if isinstance(value, str) else ""
    if effort not in EFFORTS:
        raise ValueError(_ONE_OF.format(names=", ".join(EFFORTS)))
    return effort


READERS: dict[str, Callable[[Any], Any]] = {
    "temperature": _number(0, 2, gettext_noop("Please give a number from 0 to 2, or leave this empty.")),
    "max_tokens": _whole(
        1, 1_000_000, gettext_noop("Please give a whole number from 1 to 1000000, or leave this empty.")
    ),
    "top_p": _number(0, 1, gettext_noop("Please give a number from 0 to 1, or leave this empty.")),
    "stop": _stops,
    "seed": _whole(
        -_INT64, _INT64 - 1, gettext_noop("Please give a whole number (64 bits), or leave this empty.")
    ),
    "reasoning_effort": _effort,
}  # fmt: skip
NAMES = tuple(READERS)
