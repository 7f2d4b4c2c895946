"""Which run is which: a table of files with the concentrations of the standards, and which are samples."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from liqi.methods._errors import UnreadableFile
from liqi.methods.chromatography._text import number, text_of

_ROLES = ("standard", "sample", "control", "blank")
_DO = "give columns file and concentration, and compound, time_min, unit, role, dilution where they differ"


@dataclass(frozen=True, slots=True)
class Level:
    """What is known of a run: role ``standard``, ``control`` (known, not fitted), ``blank`` or ``sample``."""

    file: str
    compound: str
    concentration: float | None
    unit: str
    role: str
    dilution: float = 1.0
    time_min: float | None = None


def is_levels(path: Path) -> bool:
    """Return whether a table's first row has a column `file` and one `concentration`."""
    first = (text_of(path).lstrip().splitlines() or [""])[0]
    names = {cell.strip(' "').lower() for cell in first.replace(";", ",").replace("\t", ",").split(",")}
    return {"file", "concentration"} <= names


def read_levels(path: Path) -> list[Level]:
    """Return the rows of a table of levels; raise `UnreadableFile`."""
    text = text_of(path).lstrip()
    head = (text.splitlines() or [""])[0]
    mark = next((one for one in "\t;," if one in head), ",")
    try:
        rows = list(csv.DictReader(StringIO(text), delimiter=mark, restval=""))
    except csv.Error as problem:
        raise UnreadableFile(path, f"a damaged table ({problem})", "rows of cells", _DO) from None
    found = []
    for place, row in enumerate(rows, 2):
        cells = {key.strip().lower(): value.strip() for key, value in row.items() if isinstance(value, str) and key}
        if any(cells.values()):
            found.append(_level(path, place, cells, mark))
    if not any(one.role == "standard" for one in found):
        raise UnreadableFile(path, "no standard", "rows with a concentration", _DO)
    return found


def _level(path: Path, place: int, cells: dict[str, str], mark: str) -> Level:
    told = cells.get("concentration", "")
    value = number(told, mark)
    role = cells.get("role", "").lower() or ("standard" if value is not None else "sample")
    factor = number(cells.get("dilution", "") or "1", mark)
    is_bad = bool(told) and (value is None or value < 0)
    if not cells.get("file") or role not in _ROLES or factor is None or factor <= 0 or is_bad:
        found = f"row {place}: {','.join(cells.values())[:60]!r}"
        raise UnreadableFile(path, found, f"a file, a role of {', '.join(_ROLES)}, numbers not below zero", _DO)
    if role in ("standard", "control") and value is None:
        raise UnreadableFile(path, f"row {place}: a {role} without concentration", "a number", _DO)
    time = number(cells.get("time_min", ""), mark)
    return Level(cells["file"], cells.get("compound", ""), value, cells.get("unit", ""), role, factor, time)


def level_of(levels: Sequence[Level], path: Path, compound: str) -> Level:
    """Return the row of a file and compound, one for all compounds where there is no own; a sample where none."""
    names = {path.name.lower(), path.stem.lower(), path.name.split(".")[0].lower()}
    of_file = [one for one in levels if one.file.lower() in names]
    own = [one for one in of_file if one.compound.lower() == compound.lower()]
    general = [one for one in of_file if not one.compound]
    return (own or general or [Level(path.name, compound, None, "", "sample")])[0]
