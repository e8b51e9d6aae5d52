"""Error objects inside streams and bodies with status 200, in the many shapes that servers give them."""

from typing import Any

from conversations.sentences import NO_REASON
from conversations.upstream.errors import Reported
from conversations.upstream.words import find_words

# Besides `error`, these only stand in objects that report a failure.
_SIGNS = (
    "errors",
    "error_code",
    "errorCode",
    "error_msg",
    "error_message",
    "errorMessage",
    "fault",
    "detail",
)
_FINE = (None, 0, 200, "0", "200", "", "ok", "OK", "success", "SUCCESS", "Success")


def reported(value: dict[str, Any]) -> Reported | None:
    """The failure that this object reports, None if it is something else."""
    error = value.get("error")
    if error and error is not True and not _says_nothing(error):
        return _as_error(error, value)
    if value.get("object") == "error" or value.get("type") == "error" or error is True:
        return _as_error(value, value)
    status = value.get("base_resp")  # MiniMax: there in every chunk, status_code 0 is fine
    if isinstance(status, dict) and status.get("status_code") not in _FINE:
        return _as_error(status, status)
    if value.get("choices") or value.get("usage"):
        return None
    if _signs(value):
        return _as_error(value, value)
    return None


def _says_nothing(error: object) -> bool:
    """Some gateways put {"code": 0, "message": ""} into every chunk."""
    return isinstance(error, dict) and all(item in _FINE for item in error.values())


def _signs(value: dict[str, Any]) -> bool:
    if any(value.get(name) and value[name] not in _FINE for name in _SIGNS):
        return True
    said = value.get("message") or value.get("msg")
    if not isinstance(said, str) or not said:
        return False
    if value.get("success") is False or value.get("status") in ("error", "failed", "fail"):
        return True
    code = value.get("code", value.get("status_code", value.get("status")))
    failing = code if isinstance(code, int) else None
    named = isinstance(value.get("code"), str) and value["code"] not in _FINE
    return named or (failing is not None and failing not in _FINE)


def _as_error(error: Any, outer: dict[str, Any]) -> Reported:
    words = find_words(error) or find_words(outer) or NO_REASON
    code = error.get("code", error.get("status_code")) if isinstance(error, dict) else None
    code = code if code is not None else outer.get("code")
    if isinstance(code, str) and code.isascii() and code.isdigit() and len(code) == 3:
        code = int(code)
    whole = isinstance(code, int) and not isinstance(code, bool) and 400 <= code <= 599
    return Reported(words, status_code=code if whole else None)
