"""Make Django and the data folder ready for a command that needs them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MIGRATING = 0x4C497169
"""The number of the lock of a PostgreSQL database."""


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
    """Every table is as the models are, made by one process where several start at once; one query when it is so."""
    from django.core.management import call_command
    from django.db import connection

    if _is_behind():
        from liqi.accounts import tables

        with _alone():
            if tables.is_empty(connection):
                tables.make_all(connection)
            elif _is_behind():
                call_command("migrate", interactive=False, verbosity=0)


def _is_behind() -> bool:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


@contextmanager
def _alone() -> Iterator[None]:
    """No other process changes the tables of this database meanwhile; the lock ends with its process."""
    from django.conf import settings
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATING])
            try:
                yield
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATING])
        return
    try:
        import fcntl
    except ImportError:  # Windows: one process starts the others
        yield
        return
    with (Path(settings.LIQI_DATA) / ".migrating").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
