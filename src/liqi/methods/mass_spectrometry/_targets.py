"""What is to be quantified, and what each run is: calibrant, control, blank or sample."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from liqi.methods._errors import UnreadableFile
from liqi.methods.mass_spectrometry._formula import ion_mz
from liqi.methods.mass_spectrometry._tables import Row, number_in, read_table

ROLES = ("calibrant", "control", "blank", "sample", "addition")
WINDOW_S = 15.0
_ROLE_WORDS = {"standard": "calibrant", "cal": "calibrant", "qc": "control", "unknown": "sample", "": ""}


@dataclass(frozen=True, slots=True)
class Target:
    """An ion whose peak is measured, within `window_s` of its retention time; a fragment where `precursor_mz` is set.

    `internal_standard` names another target whose area the area is divided by. `qualifier_mz` is a second ion of
    the same substance. `limit` is the user's own limit in the unit of the calibration, `limit_name` its text.
    """

    name: str
    mz: float
    polarity: str | None = None
    retention_time_s: float | None = None
    window_s: float = WINDOW_S
    internal_standard: str = ""
    qualifier_mz: float | None = None
    precursor_mz: float | None = None
    limit: float | None = None
    limit_name: str = ""


@dataclass(frozen=True, slots=True)
class Level:
    """What one run is, for one target or for all (`target` empty); `sample` joins runs of the same sample.

    The concentration of an `addition` is what was added to the sample.
    """

    file: str
    role: str
    concentration: float | None = None
    unit: str = ""
    sample: str = ""
    dilution: float = 1.0
    target: str = ""


def read_targets(path: Path) -> list[Target]:
    """Return the targets of a table with name and formula (with adduct) or mz; raises UnreadableFile."""
    rows = read_table(path, ("name",))
    if not {"mz", "formula"} & set(rows[0]):
        raise UnreadableFile(path, "neither a column mz nor formula", "one of them", "add the column")
    targets = [_target(path, row) for row in rows]
    return checked_targets(targets, path)


def checked_targets(targets: Sequence[Target], path: object = "targets") -> list[Target]:
    """Return the targets, names unique and every internal standard among them; raises UnreadableFile."""
    names = [one.name for one in targets]
    for name in names:
        if names.count(name) > 1:
            raise UnreadableFile(path, f"{name!r} twice", "each name once", "rename one of them")
    for one in targets:
        if one.internal_standard and one.internal_standard not in names:
            found = f"the internal standard {one.internal_standard!r}"
            raise UnreadableFile(path, found, "the name of another row", "add a row for the internal standard")
        if one.internal_standard == one.name:
            raise UnreadableFile(path, f"{one.name!r} as its own internal standard", "another row", "mend the cell")
    return list(targets)


def read_levels(path: Path) -> list[Level]:
    """Return what the table says of each run: file, concentration, unit, and role where it has one."""
    rows = read_table(path, ("file",))
    levels = [_level(path, row) for row in rows]
    units = {one.unit for one in levels if one.concentration is not None}
    if len(units) > 1:
        raise UnreadableFile(path, f"the units {', '.join(sorted(units))}", "one unit", "convert the concentrations")
    if units == {""}:
        raise UnreadableFile(path, "concentrations without a unit", "a column unit such as ug/kg", "add the column")
    return levels


def stem_of(name: str) -> str:
    """Return a file's name without folder and endings, in small letters, as runs are named in tables.

    >>> stem_of("data/Cal_01.mzML.gz")
    'cal_01'
    """
    name = name.replace("\\", "/").rsplit("/", 1)[-1].lower().removesuffix(".gz")
    stem, dot, ending = name.rpartition(".")
    return stem if dot and ending in ("mzml", "mzxml", "cdf", "jdx", "imzml") else name


def _target(path: Path, row: Row) -> Target:
    name, adduct = row["name"], row.get("adduct", "") or "[M+H]+"
    if not name:
        raise UnreadableFile(path, "a row without a name", "a name in every row", "name the target")
    mz, formula = number_in(path, row, "mz", 1.0), row.get("formula", "")
    if mz is None and formula:
        mz = ion_mz(formula, adduct)
        if mz is None:
            raise UnreadableFile(path, f"{formula} {adduct}", "a formula and an adduct such as [M+H]+", "mend the row")
    if mz is None:
        raise UnreadableFile(path, f"{name!r} without mz and formula", "one of them", "fill in the cell")
    told = row.get("adduct", "") or formula
    polarity = ("negative" if adduct.rstrip().endswith("-") else "positive") if told else None
    window = number_in(path, row, "window_s", 0.1)
    return Target(
        name,
        mz,
        polarity,
        number_in(path, row, "retention_time_s", 0.0),
        WINDOW_S if window is None else window,
        row.get("internal_standard", ""),
        number_in(path, row, "qualifier_mz", 1.0),
        number_in(path, row, "precursor_mz", 1.0),
        number_in(path, row, "limit", 0.0),
        row.get("limit_name", ""),
    )


def _level(path: Path, row: Row) -> Level:
    concentration = number_in(path, row, "concentration", 0.0)
    word = row.get("role", "").lower()
    role = _ROLE_WORDS.get(word, word) or ("sample" if concentration is None else "calibrant")
    if role not in ROLES:
        raise UnreadableFile(path, f"the role {word!r}", f"one of {', '.join(ROLES)}", "mend the cell")
    if role in ("calibrant", "control", "addition") and concentration is None:
        raise UnreadableFile(path, f"a {role} {row['file']!r} without concentration", "its concentration", "fill it in")
    dilution = number_in(path, row, "dilution", 1e-9)
    sample = row.get("sample", "")
    return Level(row["file"], role, concentration, row.get("unit", ""), sample, dilution or 1.0, row.get("target", ""))
