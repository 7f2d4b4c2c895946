"""A package for a new method, which works from the first moment and is then made one's own."""

import re
from importlib.resources import files
from pathlib import Path

from liqi.methods._errors import BadParameter
from liqi.methods._registry import method_ids

_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
_PLACES = {
    "pyproject.toml.txt": "pyproject.toml",
    "method.py.txt": "src/{package}/__init__.py",
    "example.csv": "src/{package}/example.csv",
    "test_method.py.txt": "tests/test_method.py",
    "README.md.txt": "README.md",
}


def begin(name: str, out: Path) -> list[Path]:
    """Write the package of a method called `name` (such as ``lab.mean``) into the folder `out`, which must be empty.

    Raises BadParameter for a name that is none and for a folder with something in it; returns the files.
    """
    if not _NAME.fullmatch(name):
        raise BadParameter("NAME", name, "words of small letters joined by points, such as lab.mean")
    if name in method_ids():
        raise BadParameter("NAME", name, "a name that no method has yet, as `liqi methods` lists them")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise BadParameter("--out", str(out), "a folder that is empty or not there yet")
    package = "liqi_" + name.replace(".", "_")
    made = []
    for source, place in _PLACES.items():
        text = files("liqi.methods.trial").joinpath("template", source).read_text(encoding="utf-8")
        path = out / place.format(package=package)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            text.replace("@NAME@", name).replace("@PACKAGE@", package).replace("@PROJECT@", package.replace("_", "-")),
            encoding="utf-8",
        )
        made.append(path)
    return made
