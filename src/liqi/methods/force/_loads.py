"""Loads and outputs of a multi-axis sensor, and records of its response over time, from tables."""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from liqi.methods._errors import UnreadableFile
from liqi.methods.force import _matfile
from liqi.methods.readers._columns import is_number, words_of

Floats = NDArray[np.float64]
AXES = ("Fx", "Fy", "Fz", "Mx", "My", "Mz")
LOADS = "a table with loads Fx Fy Fz Mx My Mz and outputs u1 u2 ... in columns"
RECORDS = "a table with columns of time, reference and measured force"
_AGAIN = "export it as CSV with a head"
_AXIS = re.compile(r"^(?:load|ref|applied)?[ _]?([fmt])[ _]?([xyz])(?![a-z])[ _]?[(\[]?([^)\]]*)", re.IGNORECASE)
_OUTPUT = re.compile(
    r"^(u|v|ch|s|sg|g|b|out|output|bridge|raw|adc|voltage|signal|gauge|channel)[ _]?\d+", re.IGNORECASE
)
_NO_OUTPUT = re.compile(r"^(rep|repeat|axis|level|loading|no|n|index|i|id|t|time|step|cycle|point)\b", re.IGNORECASE)
_LABVIEW_END = "***End_of_Header***"
_TIME = re.compile(r"^t(ime)?(?![a-z])|^x_value|时间|時間", re.IGNORECASE)
_REFERENCE = re.compile(r"ref|input|true|standard|applied|标准|標準|参考|參考", re.IGNORECASE)
_MEASURED = re.compile(r"meas|output|response|sensor|^f|^u\d|被测|實測|实测|测量|测得|输出|輸出", re.IGNORECASE)
LEAST_ROWS = 12


@dataclass(frozen=True)
class Loads:
    """Rows of applied loads (n, k) and sensor outputs (n, m); `loading` is true while the load grows, where told."""

    path: Path
    axes: Sequence[str]
    units: Sequence[str]
    load: Floats
    output: Floats
    repeat: NDArray[np.int64] | None
    loading: NDArray[np.bool_] | None

    def __len__(self) -> int:
        return len(self.load)

    @property
    def combined(self) -> bool:
        """Whether more than a tenth of the loaded rows load several axes at once."""
        scale = np.abs(self.load).max(axis=0)
        acting = (np.abs(self.load) > 0.02 * np.where(scale > 0, scale, 1)).sum(axis=1)
        loaded = acting > 0
        return bool(loaded.any() and (acting[loaded] > 1).mean() > 0.1)


@dataclass(frozen=True)
class Record:
    """A reference and the sensor's answer over time, in seconds and the force's unit."""

    path: Path
    seconds: Floats
    reference: Floats
    measured: Floats
    unit: str
    name: str

    @property
    def rate_hz(self) -> float:
        """Samples a second."""
        return 1.0 / float(np.median(np.diff(self.seconds)))


def _table(path: Path, expected: str) -> tuple[list[str], Floats]:
    """Return the head and the numbers of a table; a row that breaks off, or a cell that is no number, is refused."""
    try:
        raw = path.read_bytes()
        if raw.startswith(b"MATLAB "):
            head, numbers = _matfile.columns_of(path, expected)
            if not np.isfinite(numbers).all():
                raise UnreadableFile(path, "a value that is not finite", expected, "leave that row out")
            return head, numbers
        if b"<FTSensor" in raw[:1024]:
            do = "give a table of loads and outputs: it makes a matrix of them"
            raise UnreadableFile(path, "the maker's matrix of a sensor (.cal)", expected, do)
    except OSError as problem:
        raise UnreadableFile(path, str(problem.strerror).lower(), expected, "check path and rights") from None
    lines = [line for line in words_of(path).splitlines() if line.strip() and not line.lstrip().startswith("#")]
    lines = lines[max((i + 1 for i, line in enumerate(lines) if line.startswith(_LABVIEW_END)), default=0) :]
    if len(lines) < 3:
        raise UnreadableFile(path, f"{len(lines)} lines", expected, _AGAIN)
    mark = next((one for one in "\t;," if one in lines[-1]), ",")
    try:
        rows = list(csv.reader(lines, delimiter=mark))
    except csv.Error as problem:
        raise UnreadableFile(path, f"no table ({problem})", expected, _AGAIN) from None
    rows = rows[_head_of(rows) :]
    head = [cell.strip() for cell in rows[0]]
    body = [row for row in rows[1:] if any(cell.strip() for cell in row)]
    while len(head) > 2 and all(len(row) < len(head) or not row[len(head) - 1].strip() for row in body):
        body = [row[: len(head) - 1] for row in body]  # a mark that ends every line, or a column of comments
        head = head[:-1]
    ragged = next((i for i, row in enumerate(body) if len(row) != len(head)), None)
    if ragged is not None:
        found = f"row {ragged + 2} of {len(body[ragged])} cells under a head of {len(head)}"
        raise UnreadableFile(path, found, expected, "copy the file again")
    try:
        numbers = np.array(body, dtype=np.float64)
    except ValueError:
        commas = [[cell.replace(",", ".") for cell in row] for row in body] if mark != "," else body
        try:
            numbers = np.array(commas, dtype=np.float64)
        except ValueError as problem:
            raise UnreadableFile(path, f"a cell that is no number ({str(problem)[-40:]})", expected, _AGAIN) from None
    if not np.isfinite(numbers).all():
        raise UnreadableFile(path, "a cell that is not finite", expected, "leave that row out")
    return head, numbers


def _head_of(rows: Sequence[Sequence[str]]) -> int:
    """Return where the head stands: the row of words right over the first of numbers, whatever is told above it."""
    for i, row in enumerate(rows[1:100]):
        if len(row) > 1 and all(is_number(cell) for cell in row[:2]):
            return i
    return 0


def read_loads(path: str | Path) -> Loads:
    """Return the loads and outputs of a table; one without them raises `UnreadableFile`."""
    path = Path(path)
    head, numbers = _table(path, LOADS)
    places: dict[str, tuple[int, str]] = {}
    for i, name in enumerate(head):
        found = _AXIS.match(name)
        if found:
            axis = ("F" if found[1].lower() == "f" else "M") + found[2].lower()
            places.setdefault(axis, (i, found[3].strip() or ("N" if axis[0] == "F" else "Nm")))
    axes = [axis for axis in AXES if axis in places]
    taken = {place for place, _ in places.values()}
    outputs = [i for i, name in enumerate(head) if i not in taken and _OUTPUT.match(name)]
    if not outputs:
        outputs = [i for i, name in enumerate(head) if i not in taken and not _NO_OUTPUT.match(name)]
    if not axes or len(outputs) < len(axes):
        raise UnreadableFile(path, f"{len(axes)} loads and {len(outputs)} outputs", LOADS, "name the columns so")
    if len(numbers) < max(LEAST_ROWS, len(outputs) + 2):
        raise UnreadableFile(
            path, f"{len(numbers)} loads", f"at least {max(LEAST_ROWS, len(outputs) + 2)}", "apply more loads"
        )
    lower = [name.lower() for name in head]
    repeat = next((i for i, name in enumerate(lower) if name in ("rep", "repeat", "cycle", "run")), None)
    rising = next((i for i, name in enumerate(lower) if name in ("loading", "direction", "up")), None)
    load = numbers[:, [places[axis][0] for axis in axes]]
    idle = [axis for axis, reach in zip(axes, np.ptp(load, axis=0), strict=True) if not reach > 0]
    if idle:
        raise UnreadableFile(
            path, f"no load along {', '.join(idle)}", "loads along every axis that is named", "add them"
        )
    return Loads(
        path, axes, [places[axis][1] for axis in axes], load, numbers[:, outputs],
        numbers[:, repeat].astype(np.int64) if repeat is not None else None,
        numbers[:, rising] > 0 if rising is not None else None,
    )  # fmt: skip


def read_record(path: str | Path) -> Record:
    """Return reference and response over time; a table without them raises `UnreadableFile`."""
    path = Path(path)
    head, numbers = _table(path, RECORDS)
    at = _columns(head)
    if at is None or len(numbers) < 64:
        raise UnreadableFile(
            path, f"columns {', '.join(head)[:60]} of {len(numbers)} rows", f"{RECORDS}, 64 rows at least", _AGAIN
        )
    seconds = numbers[:, at["time"]] * (1e-3 if re.search(r"ms\b", head[at["time"]].replace("_", " ")) else 1.0)
    steps = np.diff(seconds)
    if not (steps > 0).all() or float(np.ptp(steps)) > 0.2 * float(np.median(steps)):
        raise UnreadableFile(path, "times that are not even", "samples at even times", "record at a fixed rate")
    unit = next((u for u in re.findall(r"[_(\[ ]\s*(N ?·?m|Nm|N|kN|mN)\b", head[at["measured"]])), "N")
    name = (re.search(r"([FM][xyz])", path.stem) or re.search(r"([FM][xyz])", head[at["measured"]]) or [""])[0]
    return Record(path, seconds, numbers[:, at["reference"]], numbers[:, at["measured"]], unit, name)


def _columns(head: Sequence[str]) -> Mapping[str, int] | None:
    time = next((i for i, name in enumerate(head) if _TIME.search(name)), None)
    reference = next((i for i, name in enumerate(head) if i != time and _REFERENCE.search(name)), None)
    measured = next((i for i, name in enumerate(head) if i not in (time, reference) and _MEASURED.search(name)), None)
    if time is None or reference is None or measured is None:
        return None
    return {"time": time, "reference": reference, "measured": measured}
