"""Many rows of one model, as `bulk_create` would write them: that spends most of its time on asking each
field how each value is to be written, and most values are as they are.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, models

# Types that both databases' drivers take as they are, in any column but those of JSON.
_PLAIN = (str, int, bool, type(None))


def insert_many(rows: Sequence[models.Model]) -> None:
    """Whose keys are made here and not by the database. No signal is sent."""
    if not rows:
        return
    model = type(rows[0])
    fields = [field for field in model._meta.concrete_fields if not field.has_db_default()]
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    writers = [(field.attname, _writer(field)) for field in fields]
    values = [[write(getattr(row, name)) for name, write in writers] for row in rows]
    table = connection.ops.quote_name(model._meta.db_table)
    (_copy if connection.vendor == "postgresql" else _insert)(f"{table} ({columns})", values)
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


def _insert(where: str, rows: Sequence[Sequence[Any]]) -> None:
    marks = ", ".join(["%s"] * len(rows[0]))
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {where} VALUES ({marks})", rows)  # noqa: S608 -- own names


def _copy(where: str, rows: Sequence[Sequence[Any]]) -> None:
    """Errors are Django's, as with any statement."""
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(f"COPY {where} FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)


def _writer(field: Any) -> Callable[[Any], Any]:
    """How a value of this field is given to the driver."""
    if isinstance(field, models.JSONField):
        return lambda value: field.get_db_prep_save(value, connection)
    moment = connection.ops.adapt_datetimefield_value
    as_hex = not connection.features.has_native_uuid_field

    def write(value: Any) -> Any:
        kind = value.__class__
        if kind in _PLAIN:
            return value
        if kind is UUID:
            return value.hex if as_hex else value
        if kind is datetime:
            return moment(value)
        return field.get_db_prep_save(value, connection)

    return write
