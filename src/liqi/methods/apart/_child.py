"""The process of one run: reads what is asked from its input, tells how far it is, leaves the answer in a file.

Lines of JSON go to the asking process, what libraries print goes to the log. When the asking process dies, so does
this one.
"""

import json
import os
import signal
import sys
import threading
from importlib import import_module
from pathlib import Path
from typing import Any, TextIO

from liqi.methods._answer import document
from liqi.methods._errors import BadParameter, UnreadableFile
from liqi.methods.apart._walls import Limits, build


def main() -> None:
    """One request is answered."""
    say = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    asked = json.loads(sys.stdin.readline())
    build(Limits(**asked["limits"]))  # before the first thread: a process with threads gets no network of its own
    threading.Thread(target=_die_with_the_asker, daemon=True).start()
    _tell(say, **_outcome(asked, say))


def _outcome(asked: dict[str, Any], say: TextIO) -> dict[str, Any]:
    module, _, name = asked["target"].partition(":")
    try:
        method = getattr(import_module(module), name)
        answer = method.run(
            asked["paths"], asked["parameters"], lambda done, total, step: _tell(say, far=[done, total, step])
        )
        Path(asked["answer"]).write_text(document(answer.as_json()), encoding="utf-8")
    except UnreadableFile as problem:
        return {"unreadable": [problem.name, problem.found, problem.expected, problem.do]}
    except BadParameter as problem:
        return {"parameter": [problem.name, repr(problem.found), problem.expected]}
    except MemoryError:
        return {"bounds": "memory"}
    return {"over": True}


def _tell(say: TextIO, **what: Any) -> None:
    say.write(json.dumps(what) + "\n")
    say.flush()


def _die_with_the_asker() -> None:
    sys.stdin.read()
    if os.name == "posix":
        os.killpg(0, signal.SIGKILL)  # and what it has started
    os._exit(1)


if __name__ == "__main__":
    main()
