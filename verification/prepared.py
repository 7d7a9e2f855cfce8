"""Questions to the database that Django composes once and that are then only asked, each time with other values.

Django writes the SQL of a query anew each time, which takes ten times as long as SQLite takes to answer. What a verdict
asks is the same for every badge but for a few values; these are named (`Given`) and put in when the question is asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, QuerySet, Value
from django.db.models.sql.compiler import SQLCompiler

Row = tuple[Any, ...]
_PLACE = re.compile("%%|%s")


class Given(Value):
    """A value that is known when the question is asked, of the kind that such a column holds."""

    def __init__(self, name: str, column: Field[Any, Any]) -> None:
        super().__init__(name, output_field=column)
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        return "%s", [self]

    def among(self, values: Mapping[str, object], database: BaseDatabaseWrapper) -> object:
        return self.output_field.get_db_prep_value(values[self.name], database)


@dataclass(frozen=True, slots=True)
class _Composed:
    """What one kind of database is sent: SQL, the values that never change and those that are given, by their names in
    it. converters: by place in a row, what makes a value of Python out of what comes back."""

    sql: str
    fixed: Mapping[str, Any]
    given: Sequence[Given]
    converters: Sequence[tuple[int, Callable[..., Any], object]]


class Question:
    """One question. compose: what is asked for, a queryset of `values_list`; called once for each kind of database."""

    def __init__(self, compose: Callable[[], QuerySet[Any, Any]]) -> None:
        self._compose = compose
        self._composed: dict[str, _Composed] = {}

    def __call__(self, **values: object) -> list[Row]:
        """The rows for these values."""
        database = connections[DEFAULT_DB_ALIAS]
        composed = self._composed.get(database.vendor) or self._for(database)
        parameters = {**composed.fixed, **{one.name: one.among(values, database) for one in composed.given}}
        with database.cursor() as cursor:
            cursor.execute(composed.sql, parameters)
            rows = cursor.fetchall()
        return [_converted(row, composed.converters, database) for row in rows]

    def _for(self, database: BaseDatabaseWrapper) -> _Composed:
        compiler = self._compose().query.get_compiler(connection=database)
        sql, parameters = compiler.as_sql()
        # By name: for places without one Django would search the whole text for them, each time.
        named = {_name(place, value): value for place, value in enumerate(parameters)}
        names = (_name(place, value) for place, value in enumerate(parameters))
        found = compiler.get_converters([column for column, *_ in compiler.select])
        return self._composed.setdefault(
            database.vendor,
            _Composed(
                sql=_PLACE.sub(lambda place: place[0] if place[0] == "%%" else f"%({next(names)})s", sql),
                fixed={name: value for name, value in named.items() if not isinstance(value, Given)},
                given=[value for value in named.values() if isinstance(value, Given)],
                converters=[(place, one, column) for place, (several, column) in found.items() for one in several],
            ),
        )


def _name(place: int, value: object) -> str:
    return value.name if isinstance(value, Given) else f"fixed_{place}"


def _converted(
    row: Row, converters: Sequence[tuple[int, Callable[..., Any], object]], database: BaseDatabaseWrapper
) -> Row:
    values = list(row)
    for place, converter, column in converters:
        values[place] = converter(values[place], column, database)
    return tuple(values)
