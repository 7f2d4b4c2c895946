"""The walls round a method's process: how much memory, how much time, and no way to another machine."""

import contextlib
import ctypes
import sys
from dataclasses import dataclass
from typing import Any

_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000
_SPEAKING = ("socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo")


@dataclass(frozen=True, slots=True)
class Limits:
    """Most memory in MiB (address space, where the system can bound it) and most seconds by the clock on the wall."""

    memory_mib: int = 6144
    seconds: float = 1800.0


class OutOfBounds(ValueError):
    """A method needed more memory or time than it may have; the message says which, and what to do."""


def build(limits: Limits) -> None:
    """This process has the limits from now on and speaks to no other machine.

    Where the system lets an ordinary process have a network of its own (Linux), it has an empty one; everywhere,
    an attempt to speak is refused before it is made. Memory is bounded where `resource` exists (not on Windows).
    """
    _silence()
    with contextlib.suppress(ImportError):
        import resource

        most = limits.memory_mib * 1024 * 1024
        _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (most if hard < 0 else min(most, hard), hard))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _silence() -> None:
    if sys.platform.startswith("linux"):
        with contextlib.suppress(OSError, AttributeError):
            unshare = ctypes.CDLL(None, use_errno=True).unshare
            if unshare(_NEW_NETWORK) != 0:
                unshare(_NEW_USER | _NEW_NETWORK)
    sys.addaudithook(_refuse)


def _refuse(event: str, _arguments: tuple[Any, ...]) -> None:
    if event in _SPEAKING:
        raise PermissionError(f"a method may not use the network ({event}).")
