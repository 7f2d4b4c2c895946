"""Texts of other cyclers and tables by hand: Cq values under any usual heads, curves of LightCycler and Rotor-Gene."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from liqi.methods._errors import UnreadableFile
from liqi.methods.pcr._exports import Point, by_cycle, curves_of, reactions_of, series_of, to_number
from liqi.methods.pcr._plate import PlateRun, Plates, Reaction, Target
from liqi.methods.pcr._sheets import Row, plain, records, rows_of
from liqi.methods.readers._assay_marks import CQ_HEADS, cq_head
from liqi.methods.readers._columns import words_of

EXPECTED = "a table of Cq values, or curves of a LightCycler or a Rotor-Gene"
_AGAIN = "export it from the instrument's program again"
_FORMAT = "table of Cq values"
_OUR_HEADS: Mapping[str, Sequence[str]] = {
    "well": ("pos", "position", "samplepos", "no", "孔", "孔位", "孔位置", "位置"),
    "sample": ("name", "sample id", "well name", "样本", "样品", "样本名称", "样品名称", "樣本", "樣品", "樣本名稱"),
    "target": (
        *("detector", "detector name", "gene", "assay", "基因", "靶基因", "靶标", "目标", "检测项目", "目標", "標靶"),
        *("fluor", "reporter", "dye"),
    ),
    "task": ("type", "well type", "content", "sample type", "任务", "样本类型", "类型", "類型"),
    "quantity": ("standard", "given conc", "qty", "starting quantity sq", "sq", "浓度", "濃度"),
}
"""What we call a column, and what others do."""
_CHANNEL = re.compile(r"cycling\s+\S+?\.?(\w+)\s*(?:\(([^()]+)\))?\s*\"?\s*$", re.IGNORECASE)
_SELECTED = re.compile(r"selected filter:\s*(.+)", re.IGNORECASE)
_FILTER = re.compile(r"\d{3}-\d{3}")
_HEAD_ROWS = 60


def read_cyclers(path: str | Path, melting: bool = False) -> Plates:
    """Return the run of a text of Cq values or of curves; one that holds neither raises `UnreadableFile`."""
    path = Path(path)
    text = words_of(path)
    marks = "\t;," if "\t" in text[:5000] else ";," if text[:5000].count(";") > text[:5000].count(",") else ","
    table = [row for row in rows_of(text, marks[0]) if any(row)]
    heads = [[plain(cell) for cell in row] for row in table[:_HEAD_ROWS]]
    at = next((i for i, row in enumerate(heads) if {"samplepos", "cycle"} <= set(row)), None)
    if at is not None:
        return _lightcycler(path, table[at:], melting)
    if any(row[0].startswith("excel raw data export") for row in heads[:3]):
        return _rotor_gene(path, table)
    at = next((i for i, row in enumerate(heads) if cq_head(row) or {"cycle number", "rn"} <= set(row)), None)
    if at is None:
        raise UnreadableFile(path, "no row of heads with a Cq, or with cycles and values", EXPECTED, _AGAIN)
    rows = [_ours(row) for row in records(table[at:])]
    name = _target_of(table[:at]) or path.stem
    rows = [row if row.get("target") or row.get("target name") else {**row, "target": name} for row in rows]
    for number, row in enumerate(rows, 1):
        if not row.get("well") and not row.get("well position"):
            row["well"] = str(number)
    reactions = reactions_of(rows)
    if not reactions:
        raise UnreadableFile(path, "a table without rows", EXPECTED, _AGAIN)
    series = series_of(rows, ("cycle number", "cycle"), ("rn",))
    cycles, values = by_cycle(path, [series.get((one.well, one.target), []) for one in reactions])
    return _plates(path, _FORMAT, reactions, cycles, values)


def _ours(row: Row) -> dict[str, str]:
    """Return a row with our names for its columns beside the file's, and its Cq under that name."""
    found = dict(row)
    for ours, others in _OUR_HEADS.items():
        if not found.get(ours):
            for key, cell in row.items():
                if cell and (key in others or any(key.startswith(f"{one} copies") for one in others)):
                    found[ours] = cell
                    break
    cq = next((key for key in row if key in CQ_HEADS), None)
    if cq is not None:
        found["cq"] = row[cq]
    if "standard" in row:  # LightCycler: the concentration of a standard, 0 for everything else
        found["task"] = "standard" if (to_number(row["standard"]) or 0) > 0 else found.get("task", "")
    return found


def _target_of(above: Sequence[Sequence[str]]) -> str:
    """Return the channel or assay that the head of a Rotor-Gene's or LightCycler's text names."""
    for row in above:
        for cell in row:
            found = _CHANNEL.search(cell)
            if found:
                return (found[2] or found[1]).strip()
            found = _SELECTED.search(cell)
            if found:
                return found[1].strip()
    return ""


def _plates(path: Path, name: str, reactions: Sequence[Reaction], cycles: np.ndarray, values: np.ndarray) -> Plates:
    targets = {one.target: Target(one.target) for one in reactions}
    return Plates(name, [PlateRun(path.stem, path.stem, reactions, cycles, values)], targets)


def _lightcycler(path: Path, table: Sequence[Sequence[str]], melting: bool) -> Plates:
    """Return the curves of a LightCycler 480's text: a row a well and time, a column a filter."""
    filters = [cell for cell in table[0] if _FILTER.fullmatch(cell.strip())]
    rows = records(table)
    programs: dict[str, set[str]] = {}
    for row in rows:
        programs.setdefault(row.get("prog", ""), set()).add(row.get("cycle", ""))
    if not filters or not rows:
        raise UnreadableFile(path, "no column of a filter, as 465-510", EXPECTED, _AGAIN)
    amplified = max(programs, key=lambda one: len(programs[one]))
    melted = [one for one in programs if one != amplified and len(programs[one]) == 1]
    names = {row.get("samplepos", ""): row.get("samplename", "") for row in rows}
    wells = [(well, name) for well in names for name in filters]
    reactions = [Reaction(well, names[well] or well, name) for well, name in wells]
    curves: dict[tuple[str, str], list[Point]] = {}
    melts: dict[tuple[str, str], list[Point]] = {}
    for row in rows:
        is_melt = row.get("prog", "") in melted[-1:]
        if not is_melt and row.get("prog", "") != amplified:
            continue
        x = to_number(row.get("temp" if is_melt else "cycle", ""))
        for name in filters:
            y = to_number(row.get(plain(name), ""))
            if x is not None and y is not None:
                (melts if is_melt else curves).setdefault((row.get("samplepos", ""), name), []).append((x, y))
    cycles, values = by_cycle(path, [curves.get(one, []) for one in wells])
    made = _plates(path, "LightCycler 480", reactions, cycles, values)
    if melting and melts:
        run = made.runs[0]
        melt = curves_of([melts.get(one, []) for one in wells])
        made = Plates(
            made.format, [PlateRun(run.experiment, run.name, reactions, cycles, values, {}, melt)], made.targets
        )
    return made


def _rotor_gene(path: Path, table: Sequence[Sequence[str]]) -> Plates:
    """Return the curves of a Rotor-Gene's raw data: a row a cycle, a column a tube."""
    head = next((i for i, row in enumerate(table) if row[0].strip().lower().startswith("page ")), None)
    numbers = next((row for row in table[:head] if row[0].strip().lower() == "id"), [])
    rows = [(to_number(row[0]), row) for row in table[(head or 0) + 1 :]]
    kept = [(x, row) for x, row in rows if x is not None]
    if head is None or not kept:
        raise UnreadableFile(path, "no row Page 1 with rows of cycles under it", EXPECTED, _AGAIN)
    target = _target_of(table[:head]) or path.stem
    places = [i for i, cell in enumerate(table[head]) if i and cell.strip()]
    wells = [numbers[i].strip() if i < len(numbers) else str(i) for i in places]
    reactions = [Reaction(well, table[head][i].strip(), target) for well, i in zip(wells, places, strict=True)]
    points = [[(x, to_number(row[i]) if i < len(row) else None) for x, row in kept] for i in places]
    cycles, values = by_cycle(path, [[(x, y) for x, y in one if y is not None] for one in points])
    return _plates(path, "Rotor-Gene", reactions, cycles, values)
