"""The environment, read and checked once: every wrong value is named in a sentence before anything starts."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import dj_database_url
from environs import Env, EnvValidationError, ValidationError

from conversations.upstream.address import BadAddress, check_address
from conversations.upstream.proxy import check_proxy


class BadEnvironment(Exception):
    """One or more variables make no sense; `str()` is a sentence for each."""


@dataclass(frozen=True)
class Environment:
    """What INSTALL-time configuration comes to. Times are seconds, 0 means no limit."""

    data_dir: Path
    host: str
    port: int
    debug: bool
    time_zone: str
    log_format: str
    metrics: str
    metrics_token: str
    secret_key: str
    secret_key_fallbacks: list[str]
    allowed_hosts: list[str]
    csrf_trusted_origins: list[str]
    trusted_proxies: int
    database: dict[str, Any]
    redis_url: str
    openai_base_url: str
    openai_api_key: str
    upstream_proxy: str
    default_model: str
    generation_runner: str
    connect_timeout: float
    first_token_timeout: float
    idle_timeout: float
    total_timeout: float
    signup: str
    rate_limit_messages: int
    max_running_per_user: int
    ledger_names: str
    trash_days: int
    titles: str


def _web_address(value: str) -> None:
    if value:
        _checked(check_address, value)


def _proxy_address(value: str) -> None:
    if value:
        _checked(check_proxy, value)


def _checked(check: Callable[[str], None], value: str) -> None:
    try:
        check(value)
    except BadAddress as error:
        raise ValidationError(str(error)) from error


def _redis_address(value: str) -> None:
    if value and urlsplit(value).scheme not in ("redis", "rediss", "unix"):
        raise ValidationError("must be an address such as redis://127.0.0.1:6379/0")


def _origin(values: list[str]) -> None:
    for value in values:
        if urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).netloc:
            raise ValidationError(f"must list origins such as https://chat.example.com, not {value!r}")


def _not_negative(value: float) -> None:
    if not 0 <= value < 10**9:
        raise ValidationError("must be 0 (no limit) or a positive number")


def _days(value: int) -> None:
    if not 0 <= value <= 36_500:
        raise ValidationError("must be a number of days, or 0 (never)")


def _one_of(*choices: str) -> Any:
    def check(value: str) -> None:
        if value not in choices:
            raise ValidationError(f"must be one of: {', '.join(choices)}")

    return check


def _time_zone(value: str) -> None:
    try:
        ZoneInfo(value)
    except (ValueError, OSError, LookupError) as error:
        raise ValidationError("must be the name of a time zone such as Europe/Berlin") from error


def _port(value: int) -> None:
    if not 1 <= value <= 65535:
        raise ValidationError("must be a port between 1 and 65535")


def _host(value: str) -> None:
    if not value or any(mark in value for mark in "/ @"):
        raise ValidationError("must be a host name or an IP address")


def _database_url(value: str, data_dir: Path) -> dict[str, Any]:
    if not value:
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": data_dir / "db.sqlite3"}
    try:
        config = dict(dj_database_url.parse(value))
    except (dj_database_url.ParseError, ValueError) as error:
        raise ValidationError("must be an address such as postgres://user:password@host/name") from error
    if config["ENGINE"] not in ("django.db.backends.sqlite3", "django.db.backends.postgresql"):
        raise ValidationError("must be a PostgreSQL or SQLite address")
    return config


def read(base_dir: Path) -> Environment:
    """The checked environment; `base_dir` is where the default `data` folder lies.

    Raises BadEnvironment with one sentence for each variable that makes no sense.
    """
    env = Env(eager=False)
    data_dir = Path(env.str("DATA_DIR", "") or base_dir / "data").absolute()
    database_url = env.str("DATABASE_URL", "")
    values = {"data_dir": data_dir, **_site(env), **_upstream(env), **_people(env)}
    problems: dict[str, list[str]] = {}
    try:
        env.seal()
    except EnvValidationError as error:
        problems = dict(cast(Mapping[str, list[str]], error.error_messages))
    try:
        values["database"] = _database_url(database_url, data_dir)
    except ValidationError as error:
        problems["DATABASE_URL"] = [str(error.args[0])]
    if problems:
        raise BadEnvironment("\n".join(_sentence(name, texts) for name, texts in problems.items()))
    return Environment(**values)


def _site(env: Env) -> dict[str, Any]:
    """Where it serves, under what names, and what it keeps its rows and rings in."""
    return {
        "host": env.str("HOST", "127.0.0.1", validate=_host),
        "port": env.int("PORT", 8000, validate=_port),
        "debug": env.bool("DEBUG", False),
        "log_format": env.str("LOG_FORMAT", "plain", validate=_one_of("plain", "json")),
        "metrics": env.str("METRICS", "local", validate=_one_of("off", "local", "open")),
        "metrics_token": env.str("METRICS_TOKEN", ""),
        "time_zone": env.str("TIME_ZONE", "UTC", validate=_time_zone),
        "secret_key": env.str("SECRET_KEY", ""),
        "secret_key_fallbacks": env.list("SECRET_KEY_FALLBACKS", []),
        "allowed_hosts": env.list("ALLOWED_HOSTS", []),
        "csrf_trusted_origins": env.list("CSRF_TRUSTED_ORIGINS", [], validate=_origin),
        "trusted_proxies": env.int("TRUSTED_PROXIES", 0, validate=_not_negative),
        "redis_url": env.str("REDIS_URL", "", validate=_redis_address),
    }


def _upstream(env: Env) -> dict[str, Any]:
    """Who answers, who asks them, and how long we wait."""
    return {
        "openai_base_url": env.str("OPENAI_BASE_URL", "", validate=_web_address),
        "upstream_proxy": env.str("UPSTREAM_PROXY", "", validate=_proxy_address),
        "openai_api_key": env.str("OPENAI_API_KEY", ""),
        "default_model": env.str("DEFAULT_MODEL", ""),
        "generation_runner": env.str(
            "GENERATION_RUNNER", "embedded", validate=_one_of("embedded", "external")
        ),
        "connect_timeout": env.float("UPSTREAM_CONNECT_TIMEOUT", 10, validate=_not_negative),
        "first_token_timeout": env.float("UPSTREAM_FIRST_TOKEN_TIMEOUT", 300, validate=_not_negative),
        "idle_timeout": env.float("UPSTREAM_IDLE_TIMEOUT", 120, validate=_not_negative),
        "total_timeout": env.float("UPSTREAM_TOTAL_TIMEOUT", 1800, validate=_not_negative),
    }


def _people(env: Env) -> dict[str, Any]:
    """Who may come in, and how much they may ask."""
    return {
        "signup": env.str("SIGNUP", "closed", validate=_one_of("closed", "open")),
        "rate_limit_messages": env.int("RATE_LIMIT_MESSAGES", 30, validate=_not_negative),
        "max_running_per_user": env.int("MAX_RUNNING_PER_USER", 4, validate=_not_negative),
        "ledger_names": env.str("LEDGER_NAMES", "keep", validate=_one_of("keep", "pseudonym")),
        "titles": env.str("TITLES", "model", validate=_one_of("model", "cut")),
        "trash_days": env.int("TRASH_DAYS", 30, validate=_days),
    }


def _sentence(name: str, texts: list[str]) -> str:
    return f"{name}: {' '.join(str(text) for text in texts)}"


def secret_key(data_dir: Path) -> str:
    """The key that signs sessions, made once and kept in the data folder, readable by its owner only.

    Raises BadEnvironment if it cannot be kept there.
    """
    try:
        return _kept_key(data_dir)
    except OSError as error:
        raise BadEnvironment(f"DATA_DIR: {data_dir} cannot be written ({error.strerror}).") from error


def _kept_key(data_dir: Path) -> str:
    path = data_dir / "secret-key"
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        data_dir.mkdir(parents=True, exist_ok=True)
    key = secrets.token_urlsafe(50)
    fresh = data_dir / f"secret-key.{secrets.token_hex(4)}"
    fresh.touch(mode=0o600)
    fresh.write_text(key)
    try:
        # A hard link fails where the name exists: of several processes that start together one wins.
        path.hardlink_to(fresh)
    except FileExistsError:
        return path.read_text().strip()
    finally:
        fresh.unlink()
    return key
