"""Tables made at once: of an app for a migration, of all apps for a new data folder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.core.management.sql import emit_post_migrate_signal
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ModelState
from django.db.models import Model

__all__ = ["CreateModels", "is_empty", "make_all"]


class CreateModels(Operation):
    """Make many tables; they may point at each other only backwards.

    A row of `CreateModel` makes Django build all related models anew after each one, so its time grows with the
    square of their number; here they are built once.
    """

    reversible = True

    def __init__(self, models: Sequence[CreateModel]) -> None:
        self.models = list(models)

    def deconstruct(self) -> Any:
        """Its name and arguments, as the migration writer needs them."""
        return type(self).__qualname__, [self.models], {}

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The state knows every model; what was built from it before is built again when asked for."""
        state.__dict__.pop("apps", None)
        for one in self.models:
            made = ModelState(
                app_label,
                one.name,
                list(one.fields),
                dict(one.options),
                tuple(one.bases or ()),
                list(one.managers or ()),
            )
            state.add_model(made)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """The tables are in the database."""
        for one in self.models:
            model = to_state.apps.get_model(app_label, one.name)
            if self.allow_migrate_model(schema_editor.connection.alias, model):
                schema_editor.create_model(model)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """The tables are gone."""
        for one in reversed(self.models):
            model = from_state.apps.get_model(app_label, one.name)
            if self.allow_migrate_model(schema_editor.connection.alias, model):
                schema_editor.delete_model(model)

    def describe(self) -> str:
        """What it does, in one line."""
        return f"Create {len(self.models)} models"


def make_all(connection: BaseDatabaseWrapper) -> None:
    """Give an empty database all tables as the models are now and record every migration as applied; all or nothing.

    Migrating from nothing builds the models anew after each of hundreds of steps: half a minute for one second's work.
    A test holds that both ways end in the same tables, indexes, triggers and recorded migrations.
    """
    loader = MigrationLoader(connection)
    executor = MigrationExecutor(connection)
    connection.disable_constraint_checking()
    try:
        with transaction.atomic(using=connection.alias):
            with connection.schema_editor() as editor:
                editor.create_model(executor.recorder.Migration)
                for model in _migrated(loader, connection):
                    editor.create_model(model)
            for migration, _ in executor.migration_plan(loader.graph.leaf_nodes(), clean_start=True):
                for app, name in migration.replaces or [(migration.app_label, migration.name)]:
                    executor.recorder.record_applied(app, name)
            executor.check_replacements()
            emit_post_migrate_signal(verbosity=0, interactive=False, db=connection.alias, apps=apps, plan=[])
    finally:
        connection.enable_constraint_checking()


def is_empty(connection: BaseDatabaseWrapper) -> bool:
    """Whether the database has no table at all."""
    return not connection.introspection.table_names()


def _migrated(loader: MigrationLoader, connection: BaseDatabaseWrapper) -> list[type[Model]]:
    """The models of the apps that have migrations."""
    return [
        model
        for app in apps.get_app_configs()
        if app.label in loader.migrated_apps
        for model in app.get_models(include_auto_created=False)
        if model._meta.can_migrate(connection)
    ]
