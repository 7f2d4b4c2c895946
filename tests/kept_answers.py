"""What a method has answered in a process of its own is not asked again in this run of tests.

The process knows nothing but the files, the parameters and the limits, so that the same of these is the same answer.
How runs are kept apart, stopped and limited is tested where they are not shared: `tests/methods/test_apart.py`,
`tests/faults`.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from liqi.answers import execution
from liqi.methods import Progress
from liqi.methods.apart import Limits, run_apart

FOLDER = "/the/folder/of/the/run"
_KEPT: dict[str, tuple[str, list[tuple[int, int, str]]]] = {}


@pytest.fixture(autouse=True)
def answers_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs of methods of this process share what was answered."""
    monkeypatch.setattr(execution, "run_apart", ask)


def ask(
    method_id: str, paths: Sequence[Path], parameters: Mapping[str, object], progress: Progress, limits: Limits
) -> dict[str, Any]:
    """The answer's JSON as `run_apart` gives it, with the progress that was told; refusals are never kept."""
    folder = str(paths[0].parents[1])
    asked = repr((method_id, [_files(path) for path in paths], sorted(parameters.items()), limits))
    if asked not in _KEPT:
        told: list[tuple[int, int, str]] = []

        def tell(done: int, total: int, step: str) -> None:
            told.append((done, total, step))
            progress(done, total, step)

        facts = json.dumps(run_apart(method_id, paths, parameters, tell, limits))
        _KEPT[asked] = facts.replace(folder, FOLDER), told
    else:
        for step in _KEPT[asked][1]:
            progress(*step)
    found: dict[str, Any] = json.loads(_KEPT[asked][0].replace(FOLDER, folder))
    return found


def _files(path: Path) -> tuple[str, list[tuple[str, str]]]:
    """The file by its name, and all that lies beside it: a format may stand in several files."""
    beside = sorted(one for one in path.parent.rglob("*") if one.is_file())
    return path.name, [(one.name, hashlib.sha256(one.read_bytes()).hexdigest()) for one in beside]
