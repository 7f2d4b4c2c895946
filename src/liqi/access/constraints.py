"""Constraints that a database keeps and Django has no word for."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement, Table
from django.db.models.sql import Query

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

__all__ = ["NoOverlap", "one_thing"]


def one_thing(name: str) -> models.CheckConstraint:
    """A row is of one instrument or of one facility, never of both or neither."""
    return models.CheckConstraint(
        condition=models.Q(instrument__isnull=False, facility__isnull=True)
        | models.Q(instrument__isnull=True, facility__isnull=False),
        name=name,
    )


class NoOverlap(models.BaseConstraint):
    """Forbid two rows of one ``resource`` (a field, or several together) whose half-open [start, end) periods meet.

    PostgreSQL gets an exclusion constraint, SQLite two triggers, so that no path (a verb, the admin,
    ``bulk_create``, ``update``, a shell) can write a clash. Rows outside ``condition`` are let be.
    """

    def __init__(
        self,
        *,
        resource: str | Sequence[str],
        start: str,
        end: str,
        name: str,
        condition: models.Q | None = None,
        violation_error_message: "StrOrPromise | None" = None,
    ) -> None:
        super().__init__(name=name, violation_error_message=violation_error_message)
        self.resources = (resource,) if isinstance(resource, str) else tuple(resource)
        self.start, self.end, self.condition = start, end, condition

    def create_sql(  # type: ignore[override]
        self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor
    ) -> Statement | None:
        """The exclusion constraint on PostgreSQL; on SQLite the triggers wait for the end of the edit."""
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
            return self._exclusion(model, schema_editor)
        schema_editor.deferred_sql.extend(self._triggers(model, schema_editor))
        return None

    def constraint_sql(  # type: ignore[override]
        self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor
    ) -> None:
        """Nothing inside CREATE TABLE: the constraint follows it, also when SQLite remakes the table."""
        made = self.create_sql(model, schema_editor)
        if made is not None:
            schema_editor.deferred_sql.append(made)

    def remove_sql(  # type: ignore[override]
        self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor
    ) -> Statement | None:
        """The statement that drops it; SQLite remakes the table and the triggers go with the old one."""
        if schema_editor.connection.vendor != "postgresql":
            return None
        quote = schema_editor.quote_name
        table = Table(model._meta.db_table, quote)
        return Statement(f"ALTER TABLE %(table)s DROP CONSTRAINT {quote(self.name)}", table=table)

    def validate(
        self,
        model: type[models.Model],
        instance: models.Model,
        exclude: Any = None,
        using: str = DEFAULT_DB_ALIAS,
    ) -> None:
        """Ask the same question through the ORM, so that a form can say it kindly."""
        if exclude and {*self.resources, self.start, self.end} & set(exclude):
            return
        resource = {name: getattr(instance, model._meta.get_field(name).attname) for name in self.resources}  # type: ignore[union-attr]
        if None in (*resource.values(), getattr(instance, self.start), getattr(instance, self.end)):
            return
        if self.condition is not None and not self._counts(model, instance, using):
            return
        rows = model._meta.base_manager.using(using).filter(
            **resource,
            **{
                f"{self.start}__lt": getattr(instance, self.end),
                f"{self.end}__gt": getattr(instance, self.start),
            },
        )
        if self.condition is not None:
            rows = rows.filter(self.condition)
        if instance.pk is not None:
            rows = rows.exclude(pk=instance.pk)
        if rows.exists():
            raise ValidationError(self.get_violation_error_message(), code=self.violation_error_code)

    def deconstruct(self) -> Any:
        """Its path and arguments, as the migration writer needs them."""
        path, positional, named = super().deconstruct()
        resource = self.resources[0] if len(self.resources) == 1 else self.resources
        named |= {"resource": resource, "start": self.start, "end": self.end}
        if self.condition is not None:
            named["condition"] = self.condition
        return path, positional, named

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, NoOverlap):
            return NotImplemented
        return bool(self.deconstruct() == other.deconstruct())

    def _counts(self, model: type[models.Model], instance: models.Model, using: str) -> bool:
        """Whether the instance itself is subject to the condition."""
        assert self.condition is not None
        against = instance._get_field_expression_map(meta=model._meta, exclude=set())  # type: ignore[attr-defined]  # noqa: SLF001
        return bool(self.condition.check(against, using=using))

    def _columns(self, model: type[models.Model], quote: Any) -> tuple[list[str], str, str]:
        *resources, start, end = [quote(_column(model, name)) for name in (*self.resources, self.start, self.end)]
        return resources, start, end

    def _where(self, model: type[models.Model], editor: BaseDatabaseSchemaEditor) -> str:
        """The condition with its values written in, percent signs doubled for ``Statement``."""
        if self.condition is None:
            return ""
        query = Query(model=model, alias_cols=False)
        where = query.build_where(self.condition)
        sql, values = where.as_sql(query.get_compiler(connection=editor.connection), editor.connection)
        return str(sql % tuple(editor.quote_value(value) for value in values)).replace("%", "%%")

    def _exclusion(self, model: type[models.Model], editor: BaseDatabaseSchemaEditor) -> Statement:
        quote = editor.quote_name
        resources, start, end = self._columns(model, quote)
        equal = ", ".join(f"{column} WITH =" for column in resources)
        where = self._where(model, editor)
        return Statement(
            f"ALTER TABLE %(table)s ADD CONSTRAINT {quote(self.name)} EXCLUDE USING gist "
            f"({equal}, tstzrange({start}, {end}) WITH &&)" + (f" WHERE ({where})" if where else ""),
            table=Table(model._meta.db_table, quote),
        )

    def _triggers(self, model: type[models.Model], editor: BaseDatabaseSchemaEditor) -> list[Statement]:
        """Two triggers that name no column beyond those they need: others can be dropped freely."""
        quote = editor.quote_name
        table = Table(model._meta.db_table, quote)  # a reference, so it follows a rename of the table
        resources, start, end = self._columns(model, quote)
        same = " AND ".join(f"o.{column} = NEW.{column}" for column in resources)
        key = quote(_column(model, model._meta.pk.name))
        counts = ""
        if self.condition is not None:
            where = self._where(model, editor)
            fields = sorted(self.condition.referenced_base_fields)
            asked = [quote(_column(model, name)) for name in fields]
            new = ", ".join(f"NEW.{column} AS {column}" for column in asked)
            counts = f" AND ({where}) AND EXISTS (SELECT 1 FROM (SELECT {new}) WHERE {where})"
        body = (
            f"SELECT RAISE(ABORT, 'NoOverlap: {self.name}') FROM %(table)s o "
            f"WHERE {same} AND o.{start} < NEW.{end} AND o.{end} > NEW.{start} "
            f"AND o.{key} <> NEW.{key}{counts};"
        )
        create = "CREATE TRIGGER {name} AFTER {event} ON %(table)s BEGIN {body} END"
        return [
            Statement(create.format(name=quote(f"{self.name}_{event.lower()}"), event=event, body=body), table=table)
            for event in ("INSERT", "UPDATE")
        ]


def _column(model: type[models.Model], name: str) -> str:
    """The column of the field of that name."""
    column = getattr(model._meta.get_field(name), "column", None)
    if not isinstance(column, str):
        raise TypeError(f"NoOverlap needs a field of {model.__name__} that has a column; {name} has none.")
    return column
