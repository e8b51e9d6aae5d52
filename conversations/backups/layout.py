"""What a backup holds: which tables, which columns, and a value as JSON."""

import base64
import json
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.apps import apps
from django.db import connection, models
from django.db.migrations.recorder import MigrationRecorder

from conversations.models.encryption import EncryptedTextField, Unreadable

FORMAT = "chat-backup"
VERSION = 1
ABOUT = "backup.json"
_APPS = ("contenttypes", "auth", "account", "admin", "conversations")
# The search index is made of the messages, and processes are of the moment. So are sessions: everybody signs
# in again.
_LEFT_OUT = {"conversations.passage", "conversations.unindexed", "conversations.process"}
if TYPE_CHECKING:
    Field = models.Field[Any, Any]
else:
    Field = models.Field


def tables() -> list[type[models.Model]]:
    """Every table with rows of its own; references are only looked at when all of them are there."""
    found = [model for name in _APPS for model in apps.get_app_config(name).get_models(True)]
    return [model for model in found if model._meta.label_lower not in _LEFT_OUT and model._meta.managed]


def columns(model: type[models.Model]) -> list[Field]:
    return list(model._meta.concrete_fields)


def migrations() -> list[str]:
    """What the database's shape follows from."""
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied if app in _APPS)


def as_line(values: Iterable[Any]) -> bytes:
    return json.dumps(list(values), ensure_ascii=False, default=_plain).encode("utf-8", "replace") + b"\n"


def from_line(line: bytes, fields: list[Field]) -> list[Any]:
    return [_value(field, value) for field, value in zip(fields, json.loads(line), strict=True)]


def _plain(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview | bytearray):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(value, UUID | Decimal):
        return str(value)
    raise TypeError(type(value).__name__)


def _value(field: Field, value: Any) -> Any:
    if value is None or isinstance(field, models.JSONField):
        return value
    if isinstance(field, models.BinaryField):
        return base64.b64decode(value)
    if isinstance(field, EncryptedTextField):
        # Already encrypted; it is stored as it is.
        return Unreadable.keeping(value) if value else ""
    return field.to_python(value)
