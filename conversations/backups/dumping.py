"""All rows → one zip file, as they were at one moment, while everything goes on."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.db import connection, models, transaction
from django.db.models import ExpressionWrapper, F
from django.utils import timezone

from conversations.backups.layout import ABOUT, FORMAT, VERSION, as_line, columns, migrations, tables
from conversations.models.encryption import EncryptedTextField

ROWS_AT_ONCE = 1000


def dump(path: Path) -> dict[str, int]:
    """Writes the file, readable by nobody else; returns how many rows of each table are in it."""
    unfinished = path.with_name(path.name + ".unfinished")
    unfinished.touch(mode=0o600)
    with _one_moment(), ZipFile(unfinished, "w", ZIP_DEFLATED) as file:
        numbers = {model._meta.label_lower: _dump_table(file, model) for model in tables()}
        about = {"format": FORMAT, "version": VERSION, "made_at": timezone.now().isoformat()}
        file.writestr(ABOUT, json.dumps({**about, "migrations": migrations(), "rows": numbers}, indent=1))
    unfinished.replace(path)
    return numbers


@contextmanager
def _one_moment() -> Iterator[None]:
    """Every query in here sees the database as it is now, and holds nobody up."""
    if connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
        return
    # Not atomic(): that would be IMMEDIATE (chatsite/settings.py), which is to write.
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def _dump_table(file: ZipFile, model: type[models.Model]) -> int:
    number = 0
    with file.open(f"rows/{model._meta.label_lower}.jsonl", "w", force_zip64=True) as target:
        target.write(as_line(field.attname for field in columns(model)))
        for row in _rows(model):
            target.write(as_line(row))
            number += 1
    return number


def _rows(model: type[models.Model]) -> Iterator[tuple[Any, ...]]:
    """The columns as they are stored: what is encrypted stays so."""
    sealed = {
        f"stored_{field.attname}": ExpressionWrapper(F(field.attname), models.TextField())
        for field in columns(model)
        if isinstance(field, EncryptedTextField)
    }
    names = [
        f"stored_{field.attname}" if isinstance(field, EncryptedTextField) else field.attname
        for field in columns(model)
    ]
    rows = model._default_manager.annotate(**sealed).order_by("pk").values_list(*names)
    return iter(rows.iterator(ROWS_AT_ONCE))
