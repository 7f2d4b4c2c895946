"""The example cluster, loaded once a module and taken back; small files; a place for the index."""

import functools
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import translation
from pytest_django import DjangoDbBlocker, Settings

from liqi.catalogue import example
from tests.catalogue import plain
from tests.web.again import again

NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
Write = Callable[[str, str | bytes], Path]


@pytest.fixture(scope="module")
def cluster(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, int]]:
    """The example cluster is in the catalogue and in an index of its own while the module runs."""
    before = settings.LIQI_DATA
    settings.LIQI_DATA = tmp_path_factory.mktemp("cluster")
    with django_db_blocker.unblock(), transaction.atomic():
        yield again("cluster", lambda: example.load(now=NOW))
        transaction.set_rollback(True)
    settings.LIQI_DATA = before


@pytest.fixture(scope="module")
def records(cluster: dict[str, int]) -> list[plain.Plain]:
    """Every record as plain folded text, with no index in between."""
    return _records()


@functools.cache
def _records() -> list[plain.Plain]:
    """Of the cluster, which is the same in every module."""
    return plain.records()


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Sentences are in English, as on the command line; tests of other languages say so."""
    with translation.override("en"):
        yield


@pytest.fixture
def index(settings: Settings, tmp_path: Path) -> Path:
    """An empty folder for the index."""
    settings.LIQI_DATA = tmp_path / "data"
    return tmp_path / "data" / "search"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a small file and gives its path."""

    def made(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return made
