"""The one file inside a ZIP file that is no format of its own: such a file is read as if it had come unpacked."""

import zipfile
from pathlib import Path, PurePosixPath

from liqi.methods._errors import UnreadableFile
from liqi.methods.readers._assay_marks import kind_of_members
from liqi.methods.readers._members import TROUBLE, kind_of_zip

_BESIDE = ("thumbs.db", "desktop.ini")
_PROJECTS = (".eds", ".lc96p", ".pcrd")
"""Endings of projects that are ZIP files by their making: they are refused by name, with the way out."""


def files_in(path: Path) -> list[str]:
    """Return the names of the files that a ZIP file holds, without folders and what desktops leave beside them."""
    try:
        with zipfile.ZipFile(path) as whole:
            names = [one.filename for one in whole.infolist() if not one.is_dir()]
    except TROUBLE:
        return []
    return [name for name in names if not _is_left_by_a_desktop(PurePosixPath(name.replace("\\", "/")))]


def lone_member(path: Path) -> str | None:
    """Return the name of the one file in a ZIP file, None where it holds several or is a format of its own."""
    names = files_in(path)
    if len(names) != 1 or path.suffix.lower() in _PROJECTS or kind_of_members(path) is not None:
        return None
    try:
        return names[0] if kind_of_zip(path) is None else None
    except UnreadableFile:
        return None


def _is_left_by_a_desktop(name: PurePosixPath) -> bool:
    return "__MACOSX" in name.parts or name.name.startswith(".") or name.name.lower() in _BESIDE
