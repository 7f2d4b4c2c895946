"""What all tests stand on: a PostgreSQL server where one is wanted, and no silent skips in CI."""

import gc
import os
import warnings

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as `liqi` does; before anything loads numpy

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import TransactionTestCase
from django.utils import translation

from tests import postgresql as postgresql_server
from tests import tables


def pytest_configure(config: pytest.Config) -> None:
    """Passwords of tests need no slow hash; while tests are gathered nothing is garbage."""
    gc.disable()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.WHITENOISE_AUTOREFRESH = True  # else every browser of a test looks through all static files


LONG_S = 600
"""A test that may take so long begins early, so that processes that share the suite end together."""
MODULES_A_SWEEP = 10


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Modules with long tests come first; on another database than SQLite only what could differ there is run again."""
    if connections["default"].vendor == "sqlite":
        long = {item.path for item in items if _may_take_s(item) >= LONG_S}
        items.sort(key=lambda item: item.path not in long)
        return
    again, passed_over = [], []
    for item in items:
        differs = _asks_database(item) and not item.get_closest_marker("any_database")
        (again if differs else passed_over).append(item)
    config.hook.pytest_deselected(items=passed_over)
    items[:] = again


def _may_take_s(item: pytest.Item) -> float:
    marker = item.get_closest_marker("timeout")
    return float(marker.args[0]) if marker else 0.0


def _asks_database(item: pytest.Item) -> bool:
    asked = {"db", "transactional_db", "live_server"} & set(getattr(item, "fixturenames", ()))
    return bool(asked) or item.get_closest_marker("django_db") is not None


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Long bytes are told apart by their number: an archive has the second of its making in it.

    Two processes of one run that name a test differently stop the whole run.
    """
    return argname if isinstance(val, bytes) and len(val) > 20 else None


def pytest_collection_finish() -> None:
    """What was imported stays: garbage is not looked for among it again and again."""
    gc.collect()
    gc.freeze()
    gc.enable()


_modules_since_sweep: set[object] = set()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """What still stands between modules is kept for the whole run, and left out of the search for garbage too.

    Else every search late in a run goes through all that the tests before have put in caches. Files left open by a test
    show while it runs, as ever; here they would be told of another.
    """
    _modules_since_sweep.add(item.path)
    if nextitem is not None and nextitem.path != item.path and len(_modules_since_sweep) >= MODULES_A_SWEEP:
        _modules_since_sweep.clear()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()
        gc.freeze()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """On SQLite every process of tests has a file of its own, its tables made already.

    Not a database in memory: the threads of a live server would share it, and its locks are of whole tables.
    """
    known = connections["default"]
    if known.vendor == "sqlite":
        file = tables.copy(tmp_path_factory.mktemp("database") / tables.NAME)
        known.settings_dict["TEST"]["NAME"] = str(file)


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_keepdb: bool) -> bool:
    """Tables that are made are not made again."""
    return django_db_keepdb or connections["default"].vendor == "sqlite"


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a private PostgreSQL server; without one the test is skipped, in CI it fails."""
    if reason := postgresql_server.missing():
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI must run this test, but {reason}")
        pytest.skip(reason)
    with postgresql_server.server() as address:
        yield address


@pytest.fixture(autouse=True)
def no_language_left_over() -> Iterator[None]:
    """What a test or a command made the language of its thread is not that of the next test."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def nothing_counted_before() -> None:
    """How often an address has asked is counted in memory; every test begins at nothing."""
    cache.clear()


_close = BaseDatabaseWrapper.close_if_unusable_or_obsolete


def _close_between_tests(self: BaseDatabaseWrapper) -> None:
    """The end of an answer closes no connection that is in the transaction of a test."""
    if not self.in_atomic_block:
        _close(self)


BaseDatabaseWrapper.close_if_unusable_or_obsolete = _close_between_tests  # type: ignore[method-assign]
_flush = TransactionTestCase._fixture_teardown


def _flush_without_guards(self: TransactionTestCase) -> None:
    """Emptying every table is what the guards of the database are there to forbid."""
    from liqi.access import guards

    guards.take_down()
    _flush(self)
    guards.put_up()


TransactionTestCase._fixture_teardown = _flush_without_guards  # type: ignore[method-assign]
