"""The database itself notes whose rows changed, so that no path of writing can forget to."""

from typing import Any

from django.db import DEFAULT_DB_ALIAS, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement, Table

__all__ = ["NotedChanges"]


class NotedChanges(models.BaseConstraint):
    """Every row that is made, changed or deleted while ``ended`` is set leaves its ``of`` in the table ``into``.

    Triggers on both databases. PostgreSQL notes once a statement and never waits for others, as the notes have no
    unique key; SQLite has one writer and leaves out what is noted already.
    """

    def __init__(self, *, of: str, ended: str, into: str, name: str) -> None:
        super().__init__(name=name)
        self.of, self.ended, self.into = of, ended, into

    def create_sql(  # type: ignore[override]
        self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor
    ) -> Statement | None:
        """The triggers; they wait for the end of the edit."""
        made = self._postgresql if schema_editor.connection.vendor == "postgresql" else self._sqlite
        schema_editor.deferred_sql.extend(made(model, schema_editor))
        return None

    def constraint_sql(  # type: ignore[override]
        self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor
    ) -> None:
        """Nothing inside CREATE TABLE: the triggers follow it, also when SQLite remakes the table."""
        self.create_sql(model, schema_editor)

    def remove_sql(  # type: ignore[override]
        self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor
    ) -> Statement | None:
        """The statement that drops function and triggers; on SQLite they go with the table that is remade."""
        if schema_editor.connection.vendor != "postgresql":
            return None
        quote = schema_editor.quote_name
        return Statement(f"DROP FUNCTION {quote(self.name)}() CASCADE", table=Table(model._meta.db_table, quote))

    def validate(
        self, model: type[models.Model], instance: models.Model, exclude: Any = None, using: str = DEFAULT_DB_ALIAS
    ) -> None:
        """Every row is welcome."""

    def deconstruct(self) -> Any:
        """Its path and arguments, as the migration writer needs them."""
        path, positional, named = super().deconstruct()
        return path, positional, named | {"of": self.of, "ended": self.ended, "into": self.into}

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, NotedChanges):
            return NotImplemented
        return bool(self.deconstruct() == other.deconstruct())

    def _sqlite(self, model: type[models.Model], editor: BaseDatabaseSchemaEditor) -> list[Statement]:
        quote = editor.quote_name
        table, into = Table(model._meta.db_table, quote), quote(self.into)
        of, ended, kept = (quote(name) for name in (self.of, self.ended, "instrument"))
        made = []
        for event, sides in (("INSERT", ("NEW",)), ("UPDATE", ("OLD", "NEW")), ("DELETE", ("OLD",))):
            when = " OR ".join(f"{side}.{ended} IS NOT NULL" for side in sides)
            notes = " ".join(
                f"INSERT INTO {into} ({kept}) SELECT {side}.{of} "
                f"WHERE NOT EXISTS (SELECT 1 FROM {into} WHERE {kept} = {side}.{of});"
                for side in sides
            )
            name = quote(f"{self.name}_{event.lower()}")
            sql = f"CREATE TRIGGER {name} AFTER {event} ON %(table)s WHEN {when} BEGIN {notes} END"
            made.append(Statement(sql, table=table))
        return made

    def _postgresql(self, model: type[models.Model], editor: BaseDatabaseSchemaEditor) -> list[Statement]:
        quote = editor.quote_name
        table, into, function = Table(model._meta.db_table, quote), quote(self.into), quote(self.name)
        of, ended, kept = (quote(name) for name in (self.of, self.ended, "instrument"))
        note = f"INSERT INTO {into} ({kept}) SELECT {of} FROM touched WHERE {ended} IS NOT NULL"
        before = f"SELECT {of} FROM before WHERE {ended} IS NOT NULL"
        body = (
            f"BEGIN IF TG_OP = 'UPDATE' THEN {note} UNION {before}; ELSE {note} GROUP BY {of}; END IF; RETURN NULL; END"
        )
        made = [f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $noted$ {body} $noted$"]
        for event, sees in (
            ("INSERT", "NEW TABLE AS touched"),
            ("UPDATE", "OLD TABLE AS before NEW TABLE AS touched"),
            ("DELETE", "OLD TABLE AS touched"),
        ):
            name = quote(f"{self.name}_{event.lower()}")
            made.append(
                f"CREATE TRIGGER {name} AFTER {event} ON %(table)s REFERENCING {sees} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
            )
        return [Statement(sql, table=table) for sql in made]
