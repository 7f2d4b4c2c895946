"""Many rows written with few statements: values are prepared once a field, not once a row and field."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from django.db import connection, models

_AS_IS = (str, bool, int, float)
_PLAIN = (models.CharField, models.TextField, models.BooleanField, models.FloatField, models.IntegerField)
"""Fields whose values stand in the database as they are."""


def insert(model: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    """These rows are in the table; fields that a row does not name have their default."""
    if not rows:
        return
    fields, places, defaults = _layout(model)
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    lines: list[list[Any]] = []
    for row in rows:
        line = list(defaults)
        for name, value in row.items():
            at = places[name]
            line[at] = _prepared(fields[at], value)
        lines.append(line)
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({marks})", lines)


def update(model: Any, rows: Sequence[tuple[int, Mapping[str, Any]]]) -> None:
    """Each row, named by its primary key, has these values."""
    quote = connection.ops.quote_name
    groups: dict[tuple[str, ...], list[list[Any]]] = defaultdict(list)
    for key, values in rows:
        names = tuple(sorted(values))
        line = [_prepared(model._meta.get_field(name), values[name]) for name in names]
        groups[names].append([*line, key])
    with connection.cursor() as cursor:
        for names, lines in groups.items():
            sets = ", ".join(f"{quote(model._meta.get_field(name).column)} = %s" for name in names)
            cursor.executemany(f"UPDATE {quote(model._meta.db_table)} SET {sets} WHERE id = %s", lines)


def _prepared(field: Any, value: Any) -> Any:
    if type(value) in _AS_IS and isinstance(field, _PLAIN):
        return value
    if field.is_relation and value is not None:
        return getattr(value, "pk", value)
    return field.get_db_prep_save(value, connection)


@cache
def _layout(model: Any) -> tuple[list[Any], dict[str, int], list[Any]]:
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    places = {field.name: at for at, field in enumerate(fields)}
    return fields, places, [field.get_db_prep_save(field.get_default(), connection) for field in fields]
