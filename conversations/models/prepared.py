"""The few queries that every answer makes, without building each anew: that takes Django longer than the
database needs to carry it out. Their meaning is that of the ORM's `values`, `update`, `exists`, `delete` and
`bulk_create`.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Generic, TypeVar
from uuid import UUID, uuid4

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import BaseExpression
from django.db.models.sql import UpdateQuery
from django.db.models.sql.compiler import SQLCompiler

M = TypeVar("M", bound=models.Model)

# Rows in one statement: SQLite takes 32,766 parameters, and older ones 999.
_AT_ONCE = 150

# What stands for an argument while the SQL is made: nothing else in a query is equal to it.
_STAND_INS: dict[type, Callable[[], Any]] = {
    UUID: uuid4,
    str: lambda: uuid4().hex,
    int: lambda: uuid4().int % 2**31,
}


@dataclass(frozen=True, slots=True)
class _Statement:
    """`places`: for each parameter the number of the argument that it is, or None for a constant."""

    sql: str
    constants: tuple[Any, ...]
    places: tuple[int | None, ...]
    names: tuple[str, ...]
    compiler: SQLCompiler
    converters: dict[int, Any]


class Prepared:
    """A query of `.values(…)` whose SQL is made once; then only its arguments change."""

    def __init__(self, build: Callable[..., "models.QuerySet[Any, Any]"], *types: type) -> None:
        """`build` takes as many arguments as there are `types`: UUID, str or int, compared as they are."""
        self._build = build
        self._types = types
        self._made: dict[str, _Statement] = {}

    def rows(self, *arguments: Any) -> list[dict[str, Any]]:
        here = _database()
        made = self._made.get(here.vendor) or self._prepare(here)
        found: Iterable[Sequence[Any]] = _carried_out(here, made, arguments)
        if made.converters:
            found = made.compiler.apply_converters(found, made.converters)
        return [dict(zip(made.names, row, strict=True)) for row in found]

    @property
    def statement(self) -> _Statement:
        here = _database()
        return self._made.get(here.vendor) or self._prepare(here)

    def raw(self, *arguments: Any) -> list[tuple[Any, ...]]:
        """As the database gives them; the names of their columns are the statement's."""
        here = _database()
        return _carried_out(here, self._made.get(here.vendor) or self._prepare(here), arguments)

    def first(self, *arguments: Any) -> dict[str, Any] | None:
        found = self.rows(*arguments)
        return found[0] if found else None

    def _prepare(self, here: BaseDatabaseWrapper) -> _Statement:
        arguments = [_STAND_INS[kind]() for kind in self._types]
        query = self._build(*arguments).query
        compiler = query.get_compiler(connection=here)
        sql, constants = compiler.as_sql()
        values = [_adapted(here, argument) for argument in arguments]
        places = tuple(values.index(value) if value in values else None for value in constants)
        missing = set(range(len(values))) - set(places)
        if missing:
            raise TypeError(f"Not every argument is in the query: {missing}")
        converters = compiler.get_converters([column[0] for column in compiler.select])
        made = _Statement(sql, tuple(constants), places, tuple(query.selected or ()), compiler, converters)
        self._made[here.vendor] = made
        return made


class PreparedObjects(Generic[M]):
    """The same for whole objects. `without`: columns that are read only when somebody asks for them."""

    def __init__(
        self,
        model: type[M],
        build: Callable[..., "models.QuerySet[Any, Any]"],
        *types: type,
        without: Collection[str] = (),
    ) -> None:
        self._model = model
        self._prepared = Prepared(
            lambda *arguments: build(*arguments).values(*_columns(model, without)), *types
        )

    def all(self, *arguments: Any) -> list[M]:
        rows = self._prepared.rows(*arguments)
        return [self._model.from_db(DEFAULT_DB_ALIAS, list(row), list(row.values())) for row in rows]

    def raw(self, *arguments: Any) -> list[tuple[Any, ...]]:
        return self._prepared.raw(*arguments)

    def made_of(self, row: tuple[Any, ...]) -> M:
        """The object that a raw row is."""
        made = self._prepared.statement
        values = (
            next(iter(made.compiler.apply_converters([row], made.converters))) if made.converters else row
        )
        return self._model.from_db(DEFAULT_DB_ALIAS, list(made.names), list(values))

    def value(self, place: int, value: Any) -> Any:
        """What a column of a raw row says."""
        converters, expression = self._prepared.statement.converters.get(place, ((), None))
        for converter in converters:
            value = converter(value, expression, connection)
        return value

    def first(self, *arguments: Any) -> M | None:
        found = self.all(*arguments)
        return found[0] if found else None


def update_rows(model: type[models.Model], where: Mapping[str, Any], values: Mapping[str, Any]) -> int:
    """Sets columns of the rows in which others are equal to `where`; how many rows that were."""
    here = _database()
    setting: list[str] = []
    parameters: list[Any] = []
    for name, value in values.items():
        field, column = _column(here.vendor, model, name)
        sql, given = _assigned(here, field, value)
        setting.append(f"{column} = {sql}")
        parameters += given
    condition, matched = _condition(here, model, where)
    with here.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table_of(model)} SET {', '.join(setting)} WHERE {condition}",  # noqa: S608 -- own names
            [*parameters, *matched],
        )
        return int(cursor.rowcount)


def delete_rows(model: type[models.Model], where: Mapping[str, Any]) -> None:
    """For rows that nothing refers to: no signal is sent, and nothing cascades."""
    here = _database()
    condition, matched = _condition(here, model, where)
    with here.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table_of(model)} WHERE {condition}", matched)  # noqa: S608 -- own names


def insert_rows(rows: Sequence[models.Model]) -> None:
    """Of one model, whose keys are made here and not by the database. No signal is sent."""
    model = type(rows[0])
    here = _database()
    fields, columns = _inserted(here.vendor, model)
    written, parameters = [], []
    for row in rows:
        given = [_assigned(here, field, field.pre_save(row, add=True)) for field in fields]
        written.append(f"({', '.join([sql for sql, _ in given])})")
        parameters += [value for _, values in given for value in values]
    with here.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table_of(model)} ({columns}) VALUES {', '.join(written)}",  # noqa: S608 -- own names
            parameters,
        )
    for row in rows:
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def insert_values(model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Rows of plain values (UUID, str, int) in these columns, whose key the database makes.

    One that breaks a constraint of uniqueness is left out, as by `ignore_conflicts`.
    """
    here = _database()
    columns = ", ".join([_column(here.vendor, model, name)[1] for name in names])
    line = f"({', '.join(['%s'] * len(names))})"
    with here.cursor() as cursor:
        for first in range(0, len(rows), _AT_ONCE):
            some = rows[first : first + _AT_ONCE]
            cursor.execute(
                f"INSERT INTO {table_of(model)} ({columns}) VALUES {', '.join([line] * len(some))} "  # noqa: S608 -- own names
                "ON CONFLICT DO NOTHING",
                [_adapted(here, value) for row in some for value in row],
            )


def _columns(model: type[models.Model], without: Collection[str]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields if field.attname not in without]


def _database() -> BaseDatabaseWrapper:
    """This thread's connection: Django's proxy would look for it again at each of its attributes."""
    return connections[DEFAULT_DB_ALIAS]


def _carried_out(
    here: BaseDatabaseWrapper, made: _Statement, arguments: Sequence[Any]
) -> list[tuple[Any, ...]]:
    values = [_adapted(here, argument) for argument in arguments]
    parameters = [
        constant if place is None else values[place]
        for place, constant in zip(made.places, made.constants, strict=True)
    ]
    with here.cursor() as cursor:
        cursor.execute(made.sql, parameters)
        return list(cursor.fetchall())


@cache
def _inserted(vendor: str, model: type[models.Model]) -> tuple[list[Any], str]:
    """All of its columns but those for which the database has a default of its own; and their names."""
    fields = [field for field in model._meta.concrete_fields if not field.has_db_default()]
    return fields, ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)


def _assigned(here: BaseDatabaseWrapper, field: Any, value: Any) -> tuple[str, Sequence[Any]]:
    if isinstance(value, BaseExpression):
        return _computed(here.vendor, field.model, value)
    return "%s", (field.get_db_prep_save(value, here),)


@lru_cache(maxsize=100)
def _computed(
    vendor: str, model: type[models.Model], expression: BaseExpression
) -> tuple[str, tuple[Any, ...]]:
    """Expressions that are equal make the same SQL; it takes longer to make than to look for."""
    query = UpdateQuery(model)
    compiler = query.get_compiler(connection=connection)
    resolved = expression.resolve_expression(query, allow_joins=False, for_save=True)
    sql, parameters = compiler.compile(resolved)
    return sql, tuple(parameters)


def _condition(
    here: BaseDatabaseWrapper, model: type[models.Model], where: Mapping[str, Any]
) -> tuple[str, list[Any]]:
    columns = [_column(here.vendor, model, name) for name in where]
    condition = " AND ".join([f"{column} = %s" for _, column in columns])
    values = zip(columns, where.values(), strict=True)
    return condition, [field.get_db_prep_value(value, here) for (field, _), value in values]


@cache
def _column(vendor: str, model: type[models.Model], name: str) -> tuple[Any, str]:
    """A field, and its column's name for SQL."""
    field: Any = model._meta.get_field(name)
    return field, str(connection.ops.quote_name(str(field.column)))


@cache
def table_of(model: type[models.Model]) -> str:
    # Both databases quote alike.
    return str(connection.ops.quote_name(str(model._meta.db_table)))


def as_stored(value: Any) -> Any:
    """As a raw row has it."""
    return _adapted(_database(), value)


def _adapted(here: BaseDatabaseWrapper, argument: Any) -> Any:
    """As a field's `get_db_prep_value` would give it."""
    if isinstance(argument, UUID) and not here.features.has_native_uuid_field:
        return argument.hex
    return argument
