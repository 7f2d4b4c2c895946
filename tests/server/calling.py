"""`liqi` called with words as its program is, in the process of the tests: to start one takes longer than most calls.

That the program starts, and what it makes of its surroundings, is tested in `test_command.py`.
"""

import contextlib
import io
import os
import sys
from unittest.mock import patch

from liqi.server.command import main


def call(*words: object, text: str = "", **surroundings: str) -> tuple[int, str, str]:
    """What it ends with, what it prints and what it says of errors; ``text`` is what it is sent."""
    sent, out, err = (io.TextIOWrapper(io.BytesIO(part), encoding="utf-8") for part in (text.encode(), b"", b""))
    with (
        patch.dict(os.environ, surroundings),
        patch.object(sys, "argv", ["liqi", *map(str, words)]),
        patch.object(sys, "stdin", sent),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            main()
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
    return code, *(_read(each) for each in (out, err))


def _read(written: io.TextIOWrapper) -> str:
    written.seek(0)
    return written.read()
