"""A row is read or written by a statement that is made once, and not anew for each row as the ORM does."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Generic, TypeVar

from django.db import connection, models
from django.db.models.query import get_related_populators

Row = TypeVar("Row", bound=models.Model)


class Lookup(Generic[Row]):
    """Finds the row with one value of a unique column, as ``rows().get(by=value)`` would.

    For what every request asks: making the statement takes the ORM longer than running it. ``rows`` may select
    related rows and leave columns out, and must not depend on the clock or on who asks.
    """

    def __init__(self, rows: Callable[[], models.QuerySet[Row]], by: str) -> None:
        self._rows, self._by = rows, by
        self._made: dict[str, tuple[str, Any, dict[int, Any], Callable[[Sequence[Any]], Row]]] = {}

    def find(self, value: Any) -> Row | None:
        """The row, None where there is none."""
        if connection.vendor not in self._made:
            self._made[connection.vendor] = self._make(value)
        sql, field, converters, build = self._made[connection.vendor]
        with connection.cursor() as cursor:
            cursor.execute(sql, [field.get_db_prep_value(value, connection)])
            found = cursor.fetchone()
        if found is None:
            return None
        row = list(found)
        for position, (steps, expression) in converters.items():
            for step in steps:
                row[position] = step(row[position], expression, connection)
        return build(row)

    def _make(self, value: Any) -> tuple[str, Any, dict[int, Any], Callable[[Sequence[Any]], Row]]:
        """The statement, the field asked by, what turns columns into values, and what turns a row into an object."""
        rows = self._rows().filter(**{self._by: value})
        compiler = rows.query.get_compiler(connection=connection)
        sql, given = compiler.as_sql()
        if len(given) != 1:
            raise TypeError(f"found {len(given)} values in the statement; a Lookup asks by one alone.")
        # what follows is ModelIterable's, done once
        about, select = compiler.klass_info, compiler.select
        first, last = about["select_fields"][0], about["select_fields"][-1] + 1
        names = [column.target.attname for column, *_rest in select[first:last]]
        related = get_related_populators(about, select, rows.db)  # type: ignore[call-arg]  # the stubs are of a later Django

        def build(row: Sequence[Any]) -> Row:
            made: Row = rows.model.from_db(connection.alias, names, row[first:last])
            for each in related:
                each.populate(row, made)
            return made

        columns = [column for column, *_rest in select]
        return sql, rows.model._meta.get_field(self._by), compiler.get_converters(columns), build


def insert(row: Row) -> Row:
    """The new row is on record and has its number, as after ``row.save()``; no signal is sent.

    For tables that are written with every request: making the statement takes the ORM longer than running it.
    """
    fields, sql = _statement(type(row), connection.vendor)
    values = [field.get_db_prep_save(field.pre_save(row, True), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        row.pk = cursor.fetchone()[0]
    row._state.adding, row._state.db = False, connection.alias  # noqa: SLF001 - as Model.save does
    return row


@cache
def _statement(model: type[models.Model], _vendor: str) -> tuple[list[Any], str]:
    """The fields in the order of the statement, and the statement."""
    meta, quote = model._meta, connection.ops.quote_name
    fields: list[Any] = [field for field in meta.local_concrete_fields if not field.primary_key]
    columns = ", ".join(quote(field.column) for field in fields)
    marks = ", ".join("%s" for _field in fields)
    key = quote(str(meta.pk.column))
    return fields, f"INSERT INTO {quote(meta.db_table)} ({columns}) VALUES ({marks}) RETURNING {key}"
