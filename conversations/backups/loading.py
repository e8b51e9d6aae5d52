"""A backup → the rows of an empty installation of the same version: all of them, or none."""

import json
from itertools import islice
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from django.contrib.auth.models import User
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.models.sql import InsertQuery

from conversations.backups.layout import (
    ABOUT,
    FORMAT,
    VERSION,
    Field,
    columns,
    from_line,
    migrations,
    tables,
)
from conversations.models import Conversation, Generation

ROWS_AT_ONCE = 500


class Unusable(Exception):
    """The backup cannot be restored here; `str()` says why. Nothing has changed."""


def load(path: Path, *, replace: bool = False) -> dict[str, int]:
    """Returns how many rows of each table came in. With `replace`, what is there is deleted first."""
    try:
        with ZipFile(path) as file:
            about = _about(file)
            _check(about, replace=replace)
            return _load_tables(file, about["rows"])
    except (BadZipFile, OSError, KeyError, ValueError) as error:
        raise Unusable(f"{path} cannot be read as a backup ({type(error).__name__}).") from error


@transaction.atomic
def _load_tables(file: ZipFile, expected: dict[str, int]) -> dict[str, int]:
    _clear()
    numbers = {model._meta.label_lower: _load_table(file, model) for model in tables()}
    if numbers != expected:
        raise Unusable("The backup is incomplete: it holds other numbers of rows than it says.")
    _continue_numbering()
    return numbers


def _about(file: ZipFile) -> dict[str, Any]:
    about = json.loads(file.read(ABOUT))
    if not isinstance(about, dict) or about.get("format") != FORMAT:
        raise Unusable("This is not a backup of the chat.")
    if about.get("version") != VERSION:
        raise Unusable("This backup was made by another version, which this one cannot read.")
    return about


def _check(about: dict[str, Any], *, replace: bool) -> None:
    here, there = set(migrations()), set(about["migrations"])
    if here != there:
        more = "a newer" if there - here else "an older"
        raise Unusable(f"This backup was made by {more} version. Restore it with that one, then update.")
    used = (User, Conversation, Generation)
    if not replace and any(model._default_manager.exists() for model in used):
        raise Unusable("This installation is in use already; --replace deletes everything in it first.")


def _clear() -> None:
    """All rows, and with the passages the search index: its triggers see every deletion."""
    with connection.cursor() as cursor:
        names = [model._meta.db_table for model in tables()]
        extra = [f"conversations_{name}" for name in ("passage", "unindexed", "process")] + ["django_session"]
        if connection.vendor == "postgresql":
            quoted = ", ".join(connection.ops.quote_name(name) for name in (*names, *extra))
            cursor.execute(f"TRUNCATE {quoted}")
            return
        for name in (*extra, *names):
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(name)}")  # noqa: S608 (a table of ours)


def _load_table(file: ZipFile, model: type[models.Model]) -> int:
    number = 0
    with file.open(f"rows/{model._meta.label_lower}.jsonl") as lines:
        names = json.loads(next(lines))
        by_name = {field.attname: field for field in columns(model)}
        if set(names) != set(by_name):
            raise Unusable(
                f"The backup has other columns of {model._meta.verbose_name_plural} than this version."
            )
        fields = [by_name[name] for name in names]
        rows = (from_line(line, fields) for line in lines)
        at_once = min(ROWS_AT_ONCE, connection.ops.bulk_batch_size(fields, [model] * ROWS_AT_ONCE))
        while some := list(islice(rows, max(1, at_once))):
            _insert(model, fields, some)
            number += len(some)
    return number


def _insert(model: type[models.Model], fields: list[Field], rows: list[list[Any]]) -> None:
    """As the ORM would, but without what it does to a row on its way, such as setting the time."""
    query = InsertQuery(model)
    objects = [model(**{f.attname: value for f, value in zip(fields, row, strict=True)}) for row in rows]
    query.insert_values(fields, objects, raw=True)
    query.get_compiler(using="default").execute_sql()


def _continue_numbering() -> None:
    """PostgreSQL counts on by itself, and knows nothing of rows that came with numbers."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), tables()):
            cursor.execute(statement)
