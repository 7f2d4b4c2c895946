"""Which store this installation has, by its settings."""

from pathlib import Path

from django.conf import settings

from liqi.answers.store._disk import Disk
from liqi.answers.store._protocol import Store


def current() -> Store:
    """The store of the settings."""
    return Disk(Path(settings.LIQI_DATA) / "files")


def incoming() -> Path:
    """The folder of bytes not whole yet, on the disk of the stored ones; it exists after the call."""
    path = Path(settings.LIQI_DATA) / "files" / "incoming"
    path.mkdir(parents=True, exist_ok=True)
    return path
