"""HTTP statuses that are no answer → errors that say what to do, with the upstream's own words behind."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import urlsplit

from conversations.sentences import gettext_noop
from conversations.upstream import errors
from conversations.upstream.endpoint import Endpoint
from conversations.upstream.parameters import asks_for_too_much, refused_parameter, wants_completion_tokens
from conversations.upstream.words import find_words, plain

_TOO_LONG = re.compile(
    r"context.{0,20}(length|window|size)|maximum context|too many (input )?tokens|prompt is too long|"
    r"(reduce|exceeds?).{0,40}(length|tokens)|input.{0,20}too long|context_length_exceeded|"
    r"range of input length",
    re.IGNORECASE,
)
_NO_MODEL = re.compile(
    r"model.{0,120}(not (found|exist|supported|available|a valid)|n't exist|unknown)|"
    r"(no such|unknown|invalid|not a valid) model",
    re.IGNORECASE | re.DOTALL,
)
_BAD_KEY = re.compile(
    r"(invalid|incorrect|wrong|expired).{0,20}(api|access).?key|"
    r"(api|access).?key.{0,20}(not valid|invalid|expired)",
    re.IGNORECASE,
)
_QUOTA = re.compile(r"insufficient_quota|insufficient.{0,10}(balance|credit|fund)|billing", re.IGNORECASE)
_OPTIONS = re.compile(r"stream_options|include_usage", re.IGNORECASE)
_ROLE = re.compile(r"\bdeveloper\b|\broles?\b", re.IGNORECASE)
_STRANGE_FIELD = re.compile(
    r"(unknown|unrecogni[sz]ed|unexpected|unsupported|extra|additional|invalid|not permitted).{0,40}"
    r"(parameter|propert|field|argument|input|keyword|key)",
    re.IGNORECASE,
)
_DELAY = re.compile(
    r"(?:try again|retry|retryDelay)\D{0,20}?(?:(\d{1,6})m)?(\d{1,9}(?:\.\d{1,9})?)\s?(ms|s)", re.IGNORECASE
)
_ADVICE = {
    405: gettext_noop("{host} takes no questions at this address ({status}). Is the base URL right?"),
    407: gettext_noop(
        "{host} cannot be reached: the proxy on the way asks for a user name and a password, or for others "
        "({status})."
    ),
    408: gettext_noop("{host} gave up waiting for the request ({status}). Try again."),
}
_REFUSED = gettext_noop("{host} refused the request ({status}).")
_TOO_LONG_FOR_IT = gettext_noop(
    "{host} finds this conversation too long for the model ({status}). Start a new one."
)
_PARAMETER = gettext_noop(
    "{host} does not take the {name} that it was asked with ({status}). Change it, or leave it empty."
)
_NO_CREDIT = gettext_noop(
    "{host} reports an account without credit ({status}). The administrator should check it."
)
_NOT_ALLOWED = gettext_noop(
    "{host} does not allow this request with this key ({status}). The administrator should check its rights."
)
_KEY_REFUSED = gettext_noop(
    "{host} refused the key ({status}). The administrator should check the key and its rights."
)
_NOT_THERE = gettext_noop("{host} has no such model or address ({status}). Is the base URL right?")
_NO_MORE = gettext_noop("{host} takes no more requests for now ({status}).")
_COULD_NOT = gettext_noop("{host} could not answer ({status}).")
_LIMITED = gettext_noop("Rate limited: try again later.")
_LATER = gettext_noop("Try again later.")
_SOON = gettext_noop("Try again in {seconds} s.")
_LIMITED_UNTIL = gettext_noop("Rate limited until {moment} UTC: try again in {seconds} s.")
_NOT_BEFORE = gettext_noop("Not before {moment} UTC: try again in {seconds} s.")
_SAID = gettext_noop("It said: {words}")
_REDIRECTS = gettext_noop(
    "{host} redirects to {target} ({status}). Redirects are not followed, because they would take the key "
    "along. The administrator should correct the base URL."
)
_REDIRECTS_SOMEWHERE = gettext_noop(
    "{host} redirects to another address ({status}). Redirects are not followed, because they would take the "
    "key along. The administrator should correct the base URL."
)
MINUTE = 60.0
_PHRASES = {
    529: "Site is overloaded",
    520: "Web server error",
    522: "Connection timed out",
    524: "A timeout occurred",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """An HTTP answer that is none: its status, headers (names in lower case) and the start of its body."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def of_stream_options(self) -> bool:
        """The server may not know stream_options: it names it, or complains about a field without a name."""
        if self.status not in (400, 422):
            return False
        strange = _STRANGE_FIELD.search(self.text) and not refused_parameter(self.text)
        return bool(_OPTIONS.search(self.text) or strange)

    @property
    def of_max_tokens(self) -> bool:
        """The server wants max_completion_tokens in its place."""
        return self.status in (400, 422) and wants_completion_tokens(self.text)

    @property
    def of_developer_role(self) -> bool:
        return self.status in (400, 422, 500) and bool(_ROLE.search(self.text))

    @property
    def passing(self) -> bool:
        """Worth asking again: 429 and 5xx, but not an empty account."""
        return self.status >= 500 or (self.status == 429 and not _QUOTA.search(self.text))

    @property
    def retry_after(self) -> float | None:
        """Seconds until the server wants to be asked again; None if it does not say."""
        told = _from_headers(self.headers)
        return _from_words(self.text) if told is None else told

    def error(self, endpoint: Endpoint) -> errors.Refused:
        """The endpoint's secrets are masked wherever the upstream repeats them."""
        host, secrets = endpoint.host, endpoint.secrets
        if 300 <= self.status < 400:
            return errors.Redirected(self._redirect(host, *secrets), status_code=self.status)
        kind, advice = self._judge()
        retry_after = self.retry_after
        told = advice.format(host=host, status=self.status)
        said = _SAID.format(words=self._words(*secrets))
        sentence = " ".join(filter(None, (told, self._when(retry_after), said)))
        return kind(sentence, status_code=self.status, retry_after=retry_after)

    def _words(self, *secrets: str) -> str:
        try:
            words = find_words(json.loads(self.body))
        except (ValueError, RecursionError):
            words = self.text
        return plain(words, *secrets) or f"{self.status} {_phrase(self.status)}".strip()

    def _when(self, seconds: float | None) -> str:
        """With the moment that "in 90 s" means: the sentence may be read much later."""
        limited = self.status == 429 and self.passing
        if not seconds:
            later = _LIMITED if limited else _LATER
            return later if self.passing else ""
        if not limited and seconds < MINUTE:
            return _SOON.format(seconds=math.ceil(seconds))
        until = datetime.now(UTC) + timedelta(seconds=seconds)
        words = _LIMITED_UNTIL if limited else _NOT_BEFORE
        return words.format(moment=f"{until:%Y-%m-%d %H:%M:%S}", seconds=math.ceil(seconds))

    def _redirect(self, host: str, *secrets: str) -> str:
        try:
            target = urlsplit(self.headers.get("location", "")).netloc.rpartition("@")[2]
        except ValueError:
            target = ""
        target = plain(target, *secrets)
        words = _REDIRECTS if target else _REDIRECTS_SOMEWHERE
        return words.format(host=host, target=target, status=self.status)

    def _judge_request(self, text: str) -> tuple[type[errors.Refused], str] | None:
        """What the person who asked can change: the conversation's length, or a parameter."""
        status = self.status
        if status == 413 or (status < 500 and _TOO_LONG.search(text) and not asks_for_too_much(text)):
            return errors.TooLong, _TOO_LONG_FOR_IT
        if status in (400, 422) and (name := refused_parameter(text)):
            return errors.ParameterRefused, _PARAMETER.replace("{name}", name)
        return None

    def _judge(self) -> tuple[type[errors.Refused], str]:
        status, text = self.status, self.text[:4096]
        if judged := self._judge_request(text):
            return judged
        if status in (402, 429) and (status == 402 or _QUOTA.search(text)):
            return errors.RateLimited, _NO_CREDIT
        if status == 403:
            return errors.KeyRefused, _NOT_ALLOWED
        if status == 401 or (status == 400 and _BAD_KEY.search(text)):
            return errors.KeyRefused, _KEY_REFUSED
        if status == 404 or (status in (400, 422) and _NO_MODEL.search(text)):
            return errors.NotFound, _NOT_THERE
        if status == 429:
            return errors.RateLimited, _NO_MORE
        if status >= 500:
            return errors.ServerFailed, _COULD_NOT
        return errors.Refused, _ADVICE.get(status, _REFUSED)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return _PHRASES.get(status, "")


def _from_headers(headers: Mapping[str, str]) -> float | None:
    """Retry-After in seconds or as a date (RFC 9110 10.2.3), or OpenAI's and Azure's retry-after-ms."""
    milliseconds = _number(headers.get("retry-after-ms", ""))
    if milliseconds is not None:
        return milliseconds / 1000
    value = headers.get("retry-after", "").strip()
    seconds = _number(value)
    if seconds is not None or not value:
        return seconds
    try:
        date = parsedate_to_datetime(value)
    except ValueError:
        return None
    date = date if date.tzinfo else date.replace(tzinfo=UTC)
    return _bounded((date - datetime.now(UTC)).total_seconds())


def _from_words(text: str) -> float | None:
    """Groq and OpenAI write "Please try again in 7.66s", Gemini {"retryDelay": "37s"}."""
    told = _DELAY.search(text[:8192])
    if told is None:
        return None
    minutes, number, unit = told.groups()
    return _bounded(int(minutes or 0) * 60 + float(number) * (0.001 if unit.lower() == "ms" else 1))


def _number(value: str) -> float | None:
    try:
        return _bounded(float(value))
    except ValueError:
        return None


def _bounded(seconds: float) -> float | None:
    """At most a year: what is longer, or no number at all (nan), is no promise."""
    return max(seconds, 0.0) if seconds < 31_536_000 else None
