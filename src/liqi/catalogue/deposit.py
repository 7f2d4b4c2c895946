"""Files in the data folder under the SHA-256 of their bytes: whole or not at all, and never twice."""

import hashlib
import os
import secrets
from pathlib import Path

from django.conf import settings

__all__ = ["keep", "path_of"]


def path_of(folder: str, sha256: str) -> Path:
    """Where the bytes with this hash lie, whether they are there or not."""
    return Path(settings.LIQI_DATA) / folder / sha256[:2] / sha256


def keep(folder: str, content: bytes) -> str:
    """The bytes are on disk, as new as now, so that nobody sweeps them before a record names them; gives their hash."""
    sha256 = hashlib.sha256(content).hexdigest()
    path = path_of(folder, sha256)
    try:
        os.utime(path)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{sha256}.{secrets.token_hex(4)}")
        with draft.open("wb") as target:
            target.write(content)
            target.flush()
            os.fsync(target.fileno())
        os.replace(draft, path)
    return sha256
