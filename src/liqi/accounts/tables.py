"""Tables of an app made at once, for the migration that a new data folder runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.migrations.operations import CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ModelState

__all__ = ["CreateModels"]


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
