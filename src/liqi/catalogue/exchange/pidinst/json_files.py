"""PIDINST as JSON files, one an instrument."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from liqi.catalogue.exchange._files import one_each
from liqi.catalogue.exchange.pidinst._forms import as_json
from liqi.catalogue.exchange.pidinst._write import CARRIES, REASON, document, lost

TITLE, SUFFIX, MEDIA_TYPE = "PIDINST 1.0 (JSON)", ".json", "application/json"

__all__ = ["CARRIES", "MEDIA_TYPE", "REASON", "SUFFIX", "TITLE", "content", "lost", "write"]


def content(one: Any, site: str) -> bytes:
    """The file of one instrument."""
    return as_json(document(one, site))


def write(records: Iterable[Any], out: Path, *, site: str) -> Iterator[Path]:
    """A file for each instrument is in the folder."""
    return one_each(records, out, SUFFIX, lambda one: content(one, site))
