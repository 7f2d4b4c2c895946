"""Where data is kept: the folder, and the secret that belongs to it."""

import os
import secrets
from pathlib import Path

from platformdirs import user_data_path


class UnusableFolder(ValueError):
    """The data folder cannot be made or written; the message says what to do."""


def folder() -> Path:
    """The data folder: LIQI_DATA, else the platform's usual place. It exists and can be written after the call."""
    path = Path(os.environ.get("LIQI_DATA") or user_data_path("liqi"))
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise UnusableFolder(
            f"the data folder {path} cannot be made ({problem.strerror}); name another with --data DIR or LIQI_DATA."
        ) from None
    if not os.access(path, os.W_OK | os.X_OK):
        raise UnusableFolder(
            f"the data folder {path} is read-only; make it writable, or name another with --data DIR or LIQI_DATA."
        )
    return path


def secret_key() -> str:
    """LIQI_SECRET_KEY, else a key made once and kept in the data folder, readable by its owner alone."""
    if given := os.environ.get("LIQI_SECRET_KEY"):
        return given
    path = folder() / "secret-key"
    if not path.exists():
        draft = path.with_name(f"secret-key.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48))
        try:
            os.link(draft, path)  # the first process wins; a half-written key is never seen
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text()
