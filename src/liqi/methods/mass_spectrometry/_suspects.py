"""A list of suspects: names and formulas of what may be in a sample, with adduct and retention time where known."""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from liqi.methods._errors import UnreadableFile
from liqi.methods.mass_spectrometry._formula import ion_mz, monoisotopic_mass

USUAL_ADDUCTS = {
    "positive": ("[M+H]+", "[M+Na]+", "[M+NH4]+", "[M+2H]2+"),
    "negative": ("[M-H]-", "[M+HCOO]-", "[M+Cl]-"),
}
DEFAULT_WINDOW_S = 30.0
MOST_SUSPECTS = 100_000
_EXPECTED = "a table (CSV) with the columns name and formula"
_ALIASES = {
    "name": ("name", "suspect", "compound", "substance"),
    "formula": ("formula", "molecular_formula"),
    "inchikey": ("inchikey", "inchi_key"),
    "smiles": ("smiles", "ms_ready_smiles"),
    "adducts": ("adducts", "adduct"),
    "retention_time_s": ("retention_time_s", "rt_s"),
    "retention_time_min": ("retention_time_min", "rt_min"),
    "retention_window_s": ("retention_window_s", "window_s", "retention_window"),
}


@dataclass(frozen=True, slots=True)
class Suspect:
    """A suspected compound; no adducts means the usual ones, a window is what the time may be off to either side.

    A formula written with its charge (`C23H25N2+`) is looked for as it is.
    """

    name: str
    formula: str
    inchikey: str = ""
    adducts: tuple[str, ...] = ()
    retention_time_s: float | None = None
    retention_window_s: float | None = None
    smiles: str = ""

    def ions(self, polarity: str) -> list[tuple[str, float]]:
        """Return the adducts of this polarity that it is looked for as, with their m/z."""
        sign = "+" if polarity == "positive" else "-"
        names = self.adducts or USUAL_ADDUCTS[polarity]
        found = [(name, ion_mz(self.formula, name)) for name in names if name.rstrip("*.").endswith(sign)]
        return [(name, mz) for name, mz in found if mz is not None]


def read_suspects(path: str | Path) -> list[Suspect]:
    """Return the suspects of a CSV file; a row that cannot be one is refused with its number."""
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as problem:
        reason = (problem.strerror or type(problem).__name__).lower()
        raise UnreadableFile(path, reason, _EXPECTED, "check path and rights") from None
    except UnicodeDecodeError:
        raise UnreadableFile(path, "bytes that are no UTF-8 text", _EXPECTED, "save it as CSV in UTF-8") from None
    return _suspects(path, text)


def _suspects(path: Path, text: str) -> list[Suspect]:
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if not lines:
        raise UnreadableFile(path, "an empty file", _EXPECTED, "put one suspect a row")
    separator = max(",;\t", key=lines[0].count)
    rows = csv.DictReader(lines, delimiter=separator)
    head = {(name or "").strip().lower(): name for name in rows.fieldnames or ()}
    columns = {ours: next((head[one] for one in names if one in head), None) for ours, names in _ALIASES.items()}
    if columns["name"] is None or columns["formula"] is None:
        found = f"the columns {', '.join(head)[:120]}"
        raise UnreadableFile(path, found, _EXPECTED, "name the columns so")
    found_suspects = []
    try:
        for number, row in enumerate(rows, 2):
            if number > MOST_SUSPECTS + 1:
                raise UnreadableFile(path, "more rows", f"at most {MOST_SUSPECTS:,}", "screen them in parts")
            found_suspects.append(_suspect(path, number, {ours: _cell(row, name) for ours, name in columns.items()}))
    except csv.Error as problem:
        raise UnreadableFile(path, f"a damaged table ({problem})", _EXPECTED, "save it as CSV again") from None
    if not found_suspects:
        raise UnreadableFile(path, "a header alone", _EXPECTED, "put one suspect a row")
    return found_suspects


def _cell(row: Mapping[str, str | None], name: str | None) -> str:
    return (row.get(name) or "").strip() if name else ""


def _suspect(path: Path, number: int, cells: Mapping[str, str]) -> Suspect:
    place = f"row {number}"
    if not cells["name"]:
        raise UnreadableFile(path, f"no name in {place}", "a name in each row", "fill it in")
    formula = cells["formula"].replace(" ", "")
    adducts = tuple(one for one in re.split(r"[;,\s|]+", cells["adducts"]) if one)
    if formula[-1:] in "+-" and formula:
        adducts = adducts or (f"[M]{formula[-1]}",)
    elif not monoisotopic_mass(formula):
        found = f"the formula {cells['formula'][:40]!r} in {place}"
        raise UnreadableFile(path, found, "a formula such as C16H18N2O4S or, charged, C23H25N2+", "correct it")
    for adduct in adducts:
        if ion_mz(formula, adduct) is None:
            found = f"the adduct {adduct[:40]!r} in {place}"
            raise UnreadableFile(path, found, "adducts such as [M+H]+;[M+2H]2+", "correct it")
    time = _number(path, place, "retention_time_s", cells["retention_time_s"])
    minutes = _number(path, place, "retention_time_min", cells["retention_time_min"])
    time = minutes * 60 if time is None and minutes is not None else time
    window = _number(path, place, "retention_window_s", cells["retention_window_s"])
    return Suspect(cells["name"], formula, cells["inchikey"].upper(), adducts, time, window, cells["smiles"])


def _number(path: Path, place: str, column: str, text: str) -> float | None:
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number < float("inf"):
        raise UnreadableFile(path, f"{column} {text[:20]!r} in {place}", "seconds, 0 or more", "correct it")
    return number


def isobaric(suspects: Sequence[Suspect]) -> dict[str, list[str]]:
    """Return the names of the suspects of each formula that more than one has."""
    by_formula: dict[str, list[str]] = {}
    for suspect in suspects:
        by_formula.setdefault(suspect.formula, []).append(suspect.name)
    return {formula: names for formula, names in by_formula.items() if len(names) > 1}


def as_suspects(given: str | Path | Iterable[Suspect | Mapping[str, object]]) -> list[Suspect]:
    """Return suspects as they are, those of a file, or those of rows with the columns of one."""
    if isinstance(given, str | Path):
        return read_suspects(given)
    return [one if isinstance(one, Suspect) else _of_row(number, one) for number, one in enumerate(given, 1)]


def _of_row(number: int, row: Mapping[str, object]) -> Suspect:
    cells = {}
    for ours, names in _ALIASES.items():
        told = next((row[name] for name in names if row.get(name) is not None), "")
        cells[ours] = ";".join(map(str, told)) if isinstance(told, list | tuple) else str(told)
    return _suspect(Path("suspects"), number, cells)
