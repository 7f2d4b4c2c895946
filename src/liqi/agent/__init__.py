"""The program on an instrument's PC: sees finished files, sends them, never loses one. Standard library alone.

The folder stands by itself: copied to a PC with Python 3.11 it runs as ``python agent DIR --server URL ...``.
"""

from ._agent import Agent
from ._command import OPTIONS, main, run
from ._journal import Journal
from ._settings import Settings, Unusable

__all__ = ["OPTIONS", "Agent", "Journal", "Settings", "Unusable", "main", "run"]
