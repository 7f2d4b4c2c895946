"""The worked examples of docs/: every command of a `console` block is run on files that ship with Liqi."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from liqi.methods.mass_spectrometry import SMALL_LIBRARY

SCENARIOS = Path(__file__).parent / "tutorial" / "three-worked-scenarios.md"
NOTEBOOK = Path(__file__).parent / "how-to" / "use-from-a-notebook.md"
_BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)


def lay_out(folder: Path) -> None:
    """Put the shipped files into a folder under the names that the pages use."""
    data = SMALL_LIBRARY.parent
    shutil.copytree(data / "powder", folder / "powder")
    shutil.copy(data / "example_mixture.mzML", folder / "run.mzML")
    for path in (data / "screening").glob("milk*.mzML"):
        shutil.copy(path, folder / path.name)


def filled(page: str, folder: Path) -> str:
    """Return the page with the output of every command as it is now, run in the folder."""
    return _BLOCK.sub(lambda block: f"```console\n{_answered(block.group(1), folder)}```", page)


def _answered(block: str, folder: Path) -> str:
    commands = [line.removeprefix("$ ") for line in block.splitlines() if line.startswith("$ ")]
    beside = {"PATH": f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}", "LC_ALL": "C.UTF-8"}
    told = []
    for command in commands:
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=folder,
            env=os.environ | beside,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{command}: {done.stderr}")
        told.append(f"$ {command}\n{_trimmed(done.stdout)}")
    return "".join(told)


def _trimmed(text: str) -> str:
    return "".join(f"{line.rstrip()}\n" for line in text.replace("\ufeff", "").splitlines())
