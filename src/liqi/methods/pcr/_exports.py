"""Exports of real-time PCR machines: QuantStudio (text, xlsx), Bio-Rad CFX (CSV) and RDES tables."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from liqi.methods._errors import UnreadableFile
from liqi.methods.pcr._plate import Curves, Floats, PlateRun, Plates, Reaction, Target
from liqi.methods.pcr._rdml import MOST_CYCLES
from liqi.methods.pcr._sheets import Row, read_sheets, read_text, records, rows_of

EXPECTED = "an export of QuantStudio or CFX, or RDES"
_AGAIN = "export it from the instrument's program again"
_KINDS = {
    "unknown": "unkn", "unkn": "unkn", "standard": "std", "std": "std", "ntc": "ntc", "pos ctrl": "pos", "pos": "pos",
    "positive control": "pos", "neg ctrl": "ntc", "nrt": "nrt", "nac": "nac", "endogenous control": "unkn",
}  # fmt: skip
_WELL = re.compile(r"^([A-Za-z]{1,2})0*([1-9]\d{0,2})$")
Point = tuple[float, float]


class NoSections(UnreadableFile):
    """The text of a QuantStudio has one table under its head instead of named ones."""


def read_quantstudio(path: str | Path, melting: bool = False) -> Plates:
    """Return the run of a QuantStudio, ViiA 7, StepOne or 7500 export: text with sections, or a workbook."""
    path = Path(path)
    sheets = read_sheets(path, EXPECTED)
    setup = [*sheets.table("sample setup"), *sheets.table("results", "result")]
    curves = sheets.table("amplification data", "amplification")
    melts = sheets.table("melt curve raw data", "melt curve raw", "melt region temperature data") if melting else ()
    reactions = reactions_of(setup)
    amplified, melted = (
        series_of(curves, ("cycle", "cycle number"), ("rn",)),
        series_of(melts, ("temperature",), ("fluorescence",)),
    )
    names = {(one.well, one.target) for one in reactions}
    for well, target in [*amplified, *melted]:
        if target and (well, target) not in names:
            names.add((well, target))
            reactions.append(Reaction(well, "", target))
    reactions = [one for one in reactions if one.target or one.sample]
    if not sheets.tables:
        raise NoSections(path, "no section of a table", EXPECTED, _AGAIN)
    if not reactions:
        raise UnreadableFile(path, "no sample, target or curve", EXPECTED, _AGAIN)
    facts = {"instrument": sheets.facts.get("instrument type", ""), "software": sheets.facts.get("software name", "")}
    facts |= {
        "runDate": sheets.facts.get("experiment run end time", ""),
        "passive reference": sheets.facts.get("passive reference", ""),
    }
    facts["cqDetectionMethod"] = sheets.facts.get("quantification cycle method", "")
    kinds = {row.get("target name") or row.get("target", ""): plain_task(row.get("task", "")) for row in setup}
    targets = {
        one.target: Target(one.target, "ref" if kinds.get(one.target) == "endogenous control" else "toi")
        for one in reactions
    }
    matrix = [_of(amplified, one) for one in reactions]
    cycles, values = by_cycle(path, matrix)
    melt = curves_of([_of(melted, one) for one in reactions]) if melted else None
    name = sheets.facts.get("experiment name", path.stem)
    told = {key: value for key, value in facts.items() if value}
    return Plates("QuantStudio", [PlateRun(name, name, reactions, cycles, values, told, melt)], targets)


def read_cfx(path: str | Path, melting: bool = False) -> Plates:
    """Return the run of a Bio-Rad CFX export: results by well, or curves with a column a well."""
    path = Path(path)
    table = [row for row in rows_of(read_text(path, EXPECTED)) if any(row)]
    start = next((i for i, row in enumerate(table[:60]) if {"well", "cq"} <= set(map(_plain, row))), None)
    if start is not None:
        reactions = reactions_of(records(table[start:]))
        if not reactions:
            raise UnreadableFile(path, "a table without rows", EXPECTED, _AGAIN)
        empty = np.full((len(reactions), 0), np.nan)
        targets = {one.target: Target(one.target) for one in reactions}
        return Plates("CFX", [PlateRun(path.stem, path.stem, reactions, np.empty(0), empty)], targets)
    start = next((i for i, row in enumerate(table[:60]) if {"cycle", "temperature"} & set(map(_plain, row[:3]))), None)
    if start is None:
        raise UnreadableFile(path, "no column Cq, Cycle or Temperature", EXPECTED, _AGAIN)
    heads = table[start]
    key = next(i for i, one in enumerate(heads) if _plain(one) in ("cycle", "temperature"))
    wells = [(i, well_name(one)) for i, one in enumerate(heads) if _WELL.match(one)]
    rows = [row for row in table[start + 1 :] if key < len(row) and to_number(row[key]) is not None]
    dye = path.stem.rpartition("_")[2]
    reactions = [Reaction(well, well, dye) for _, well in wells]
    points = [[(to_number(row[key]), to_number(row[i]) if i < len(row) else None) for row in rows] for i, _ in wells]
    whole = [[(x, y) for x, y in one if x is not None and y is not None] for one in points]
    if not any(whole):
        raise UnreadableFile(path, "no curve of a well", EXPECTED, _AGAIN)
    is_melt = _plain(heads[key]) == "temperature"
    cycles, values = by_cycle(path, [[] for _ in whole] if is_melt else whole)
    melt = curves_of(whole) if is_melt else None
    return Plates(
        "CFX", [PlateRun(path.stem, path.stem, reactions, cycles, values, {}, melt)], {dye: Target(dye, dye=dye)}
    )


def read_rdes(path: str | Path, melting: bool = False) -> Plates:
    """Return the run of an RDES table (RDML consortium): a row a reaction, cycles or temperatures as columns."""
    path = Path(path)
    table = [row for row in rows_of(read_text(path, EXPECTED), "\t") if any(row)]
    heads = [_plain(one) for one in table[0]] if table else []
    places = [(i, to_number(one)) for i, one in enumerate(heads)]
    points = [(i, x) for i, x in places if x is not None]
    if "well" not in heads or "target" not in heads or len(points) < 3:
        raise UnreadableFile(path, "no columns Well, Target and points of curves", "RDES", _AGAIN)
    rows = records(table)
    reactions = reactions_of(rows, keep_all=True)
    whole = []
    for row in table[1:]:
        if any(row):
            found = [(x, to_number(row[i])) for i, x in points if i < len(row)]
            whole.append([(x, y) for x, y in found if y is not None])
    is_melt = any(x != int(x) for _, x in points) or points[0][1] >= 20
    cycles, values = by_cycle(path, [[] for _ in whole] if is_melt else whole)
    targets = {}
    for one in rows:
        name = one.get("target", "")
        targets[name] = Target(name, one.get("target type", "") or "toi", one.get("dye", ""))
    run = PlateRun(path.stem, path.stem, reactions, cycles, values, {}, curves_of(whole) if is_melt else None)
    return Plates("RDES", [run], targets)


def plain_task(task: str) -> str:
    """Return the task of a well in one word that is compared."""
    return " ".join(task.lower().replace("_", " ").split())


def well_name(text: str) -> str:
    """Return a well without the zeros before its column.

    >>> well_name("a01"), well_name("H12")
    ('A1', 'H12')
    """
    match = _WELL.match(text.strip())
    return f"{match[1].upper()}{match[2]}" if match else text.strip()


def _plain(text: str) -> str:
    from liqi.methods.pcr._sheets import plain

    return plain(text)


def reactions_of(rows: Sequence[Row], keep_all: bool = False) -> list[Reaction]:
    """Return a reaction a well and target; later rows of the same add what the earlier did not say."""
    found: dict[tuple[str, str, int], dict[str, str]] = {}
    for place, row in enumerate(rows):
        well = well_name(row.get("well position") or row.get("well", ""))
        target = row.get("target name") or row.get("target") or row.get("fluor", "")
        if keep_all or target or row.get("sample name") or row.get("sample"):
            one = found.setdefault((well, target, place if keep_all else 0), {})
            for key, value in row.items():
                if value and not one.get(key):
                    one[key] = value
    made = []
    for (well, target, _), row in found.items():
        task = plain_task(row.get("task") or row.get("content") or row.get("sample type") or "unknown")
        kind = _KINDS.get(task) or _KINDS.get(re.split(r"[-\d]", task)[0].strip(), "unkn")
        quantity = to_number(row.get("quantity") or row.get("starting quantity sq") or row.get("sq", ""))
        sample = row.get("sample name") or row.get("sample") or ""
        given = row.get("ct") or row.get("cq") or row.get("crt") or row.get("cp") or ""
        cq = to_number(given)
        is_standard = kind == "std"
        made.append(
            Reaction(
                well, sample or (f"{quantity:g}" if is_standard and quantity is not None else ""), target, kind,
                quantity if is_standard else None, row.get("quantity unit", ""), None,
                "omitted" if row.get("omit", "").lower() in ("true", "yes", "1") else "", cq if cq and cq > 0 else None,
            )
        )  # fmt: skip
    return made


def series_of(rows: Sequence[Row], keys: Sequence[str], values: Sequence[str]) -> dict[tuple[str, str], list[Point]]:
    """Return the points of every well and target of a table that has a row a cycle, from the columns of these names."""
    found: dict[tuple[str, str], list[Point]] = {}
    for row in rows:
        x = to_number(next((row[key] for key in keys if row.get(key)), ""))
        y = to_number(next((row[key] for key in values if row.get(key)), ""))
        if x is not None and y is not None:
            well = well_name(row.get("well position") or row.get("well", ""))
            found.setdefault((well, row.get("target name") or row.get("target", "")), []).append((x, y))
    return found


def _of(series: Mapping[tuple[str, str], list[Point]], one: Reaction) -> list[Point]:
    return series.get((one.well, one.target)) or series.get((one.well, "")) or []


def by_cycle(path: Path, curves: Sequence[Sequence[Point]]) -> tuple[Floats, Floats]:
    """Return the cycles from the first on, and the value of every curve there; NaN where nothing was read."""
    last = max((x for one in curves for x, _ in one), default=0.0)
    first = min((x for one in curves for x, _ in one), default=1.0)
    if not 1 <= first <= max(last, 1) <= MOST_CYCLES:
        raise UnreadableFile(path, f"cycles from {first:g} to {last:g}", f"cycles from 1 to {MOST_CYCLES}", _AGAIN)
    values = np.full((len(curves), int(np.ceil(last))), np.nan)
    for row, one in enumerate(curves):
        for x, y in one:
            values[row, int(np.ceil(x)) - 1] = y
    return np.arange(1.0, values.shape[1] + 1), values


def curves_of(curves: Sequence[Sequence[Point]]) -> Curves | None:
    """Return melting curves over all their temperatures; None where there is no point."""
    places = np.unique([x for one in curves for x, _ in one])
    if not places.size:
        return None
    values = np.full((len(curves), places.size), np.nan)
    for row, one in enumerate(curves):
        if one:
            x, y = np.array(one).T
            values[row, np.searchsorted(places, x)] = y
    return Curves(places, values)


def to_number(text: str) -> float | None:
    """Return a number as programs write it, with a comma or a point; None for anything else."""
    words = text.strip().replace("\u2212", "-")
    words = words.replace(",", "." if words.count(",") == 1 and "." not in words else "")
    try:
        number = float(words)
    except ValueError:
        return None
    return number if np.isfinite(number) else None
