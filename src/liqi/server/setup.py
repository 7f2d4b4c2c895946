"""Make Django and the data folder ready for a command that needs them."""

import os
from pathlib import Path


def prepare(folder: Path | None = None, *, language: str = "en") -> None:
    """Settings are loaded for this data folder, its database is migrated; sentences are in the language, if given."""
    load(folder, language=language)
    migrate()


def load(folder: Path | None = None, *, language: str = "en") -> None:
    """Settings are loaded for this data folder, its database is left as it is."""
    if folder is not None:
        os.environ["LIQI_DATA"] = str(folder)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liqi.server.settings")
    import django

    django.setup()
    if language:
        from django.utils import translation

        translation.activate(language)


def migrate() -> None:
    """Every migration is applied; costs one query when none is missing."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0)
