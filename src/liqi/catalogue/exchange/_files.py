"""Many files in a folder: one a record, under names that any file system takes."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

A_FOLDER = 1000
"""Files in one folder; the next ones go to a folder of their own."""
_LONGEST = 150


def one_each(records: Iterable[Any], out: Path, suffix: str, content: Callable[[Any], bytes]) -> Iterator[Path]:
    """Each record's content is in a file named by its key; from the thousandth on in numbered folders."""
    for number, one in enumerate(records):
        folder = out if number < A_FOLDER else out / f"{number // A_FOLDER:04}"
        if number % A_FOLDER == 0:
            folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{file_name(one.key)}{suffix}"
        path.write_bytes(content(one))
        yield path


def file_name(key: str) -> str:
    """The key as a file name: nothing that leads elsewhere, nothing too long."""
    name = quote(key, safe="").replace(".", "%2E") if key.strip(".") != key else quote(key, safe="")
    if len(name) <= _LONGEST:
        return name
    return f"{name[: _LONGEST - 20]}-{hashlib.sha256(key.encode()).hexdigest()[:16]}"
