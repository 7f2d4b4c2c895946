"""The lock: one agent alone keeps a journal; the system lets go of it when the agent ends, however it ends."""

import os
from pathlib import Path
from typing import BinaryIO

from ._settings import Unusable


def lock(state: Path) -> BinaryIO:
    """The lock of this state folder, held until the stream is closed; raises Unusable where another agent has it."""
    try:
        state.mkdir(parents=True, exist_ok=True)
        stream = (state / "agent.lock").open("ab")
    except OSError as problem:
        raise Unusable(
            f"{state}: found no folder that can be written ({problem.strerror}), expected one; choose another --state."
        ) from None
    try:
        if os.name == "nt":
            import msvcrt

            stream.seek(0)
            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        else:
            import fcntl

            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        stream.close()
        raise Unusable(
            f"{state}: found another agent at work on it; end that one, or choose another --state for another folder."
        ) from None
    return stream
