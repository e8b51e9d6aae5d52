"""Who opens a socket: the session cookie as Django reads it, the strict check of the origin, the language."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.models import User
from django.http import parse_cookie
from django.utils import timezone

from conversations.models.prepared import PreparedObjects
from conversations.sessions import SESSION, SessionStore

SCHEMES = {"ws": "http", "wss": "https"}
DEFAULT_PORTS = {"http": 80, "https": 443}


def session_key_of(scope: Mapping[str, Any]) -> str:
    """The session cookie's value; empty without one."""
    cookies = dict(scope["headers"]).get(b"cookie", b"").decode("latin-1")
    return parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME, "")


@dataclass(frozen=True, slots=True)
class _Checked:
    """What Django found right: this session's row with this account's password."""

    session_data: str
    user_id: int
    password: str


# By the session's key; forgotten all at once when there are many.
_CHECKED: dict[str, _Checked] = {}
_MANY = 10_000
_USER = PreparedObjects(User, lambda pk: User.objects.filter(pk=pk), int)


def user_of(session_key: str) -> User | None:
    """The active account of this session, checked against its password as in every HTTP request.

    Both rows are read each time; what Django makes of them is computed when one of them has changed.
    """
    session = SESSION.first(session_key) if session_key else None
    if session is None or session["expire_date"] <= timezone.now():
        return None
    checked = _CHECKED.get(session_key)
    if checked is not None and checked.session_data == session["session_data"]:
        user = _USER.first(checked.user_id)
        if user is not None and user.password == checked.password:
            return user if user.is_active else None
    return _check(session_key, session["session_data"])


def _check(session_key: str, session_data: str) -> User | None:
    """By Django's `get_user`, which knows SECRET_KEY_FALLBACKS; Channels' would flush the session."""
    user = get_user(SimpleNamespace(session=SessionStore(session_key)))  # type: ignore[arg-type]
    if not isinstance(user, User) or not user.is_active:
        return None
    if len(_CHECKED) >= _MANY:
        _CHECKED.clear()
    _CHECKED[session_key] = _Checked(session_data, user.pk, user.password)
    return user


def language_of(scope: Mapping[str, Any]) -> str:
    """The language that the page says it is in."""
    asked = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("language", [""])[-1]
    return asked if asked in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def same_origin(scope: Mapping[str, Any]) -> bool:
    """Whether the page that opens this socket is ours: scheme, host and port, or one that settings trust.

    Browsers always send Origin with a websocket, and cookies ignore ports; a missing one is refused.
    """
    headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
    origin = headers.get(b"origin", "")
    if origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    scheme = SCHEMES.get(str(scope.get("scheme", "ws")), "http")
    ours = _parts(f"{scheme}://{headers.get(b'host', '')}")
    return ours is not None and _parts(origin) == ours


def _parts(address: str) -> tuple[str, str, int | None] | None:
    try:
        parts = urlsplit(address)
        port = parts.port or DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        return None
    if not parts.hostname or parts.path or parts.query or parts.fragment or parts.username:
        return None
    return parts.scheme, parts.hostname, port
