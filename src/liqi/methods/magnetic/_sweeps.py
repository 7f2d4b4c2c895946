"""EPR measurements as spectrometers write them: Bruker BES3T and ESP, CIQTEK and ADANI JSON, Magnettech, text."""

import base64
import json
import re
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from liqi.methods._errors import UnreadableFile
from liqi.methods.readers import sniff
from liqi.methods.readers._columns import grid_of, words_of
from liqi.methods.readers._commas import UnclearComma, number_of
from liqi.methods.readers._magnetic_marks import described_by

Floats = NDArray[np.float64]
KINDS = ("bes3t", "esp", "eprjson", "eprxml", "eprspe", "spectrum", "table", "peaks", "jcamp")
FORMATS = "BES3T (.DSC with .DTA), ESP (.par with .spc), CIQTEK .epr, ADANI JSON, Magnettech XML or two columns of text"
_AGAIN, _WHOLE = "export it from the spectrometer again", "a whole EPR measurement"
_NUMBERS = {"D": "f8", "F": "f4", "I": "i4", "S": "i2", "C": "i1"}
_FIELD = {"G": 0.1, "MT": 1.0, "T": 1000.0, "KG": 100.0}
_MOST_POINTS = 1 << 26
_MOST_VALUE = 1e100
_FIELD_TITLE = re.compile(r"\bfield\b|gauss|\bB0?\s*[(\[]|磁场|磁場", re.IGNORECASE)
_COUNT_TITLE = re.compile(r"#|index|no\.?|point|i", re.IGNORECASE)


@dataclass(frozen=True)
class Sweep:
    """A measurement: abscissa (mT for a field), traces of equal length, microwave frequency in GHz where it is told."""

    path: Path
    name: str
    x: Floats
    x_unit: str
    traces: Sequence[NDArray[Any]]
    frequency_ghz: float | None
    facts: Mapping[str, str] = field(default_factory=dict)
    format: str = ""

    @property
    def is_field(self) -> bool:
        """Whether the magnetic field was swept."""
        return self.x_unit == "mT"

    @property
    def signal(self) -> Floats:
        """The trace of the greatest signal over noise; a complex one in the phase that holds most of it."""
        return max((_in_phase(one) for one in self.traces[:16]), key=_worth)


def _in_phase(trace: NDArray[Any]) -> Floats:
    """The part of a complex trace along the direction in which it varies most."""
    if not np.iscomplexobj(trace):
        return np.asarray(trace, np.float64)
    away = trace - np.median(trace.real) - 1j * np.median(trace.imag)
    angle = 0.5 * float(np.angle((away**2).sum()))
    return np.asarray((away * np.exp(-1j * angle)).real, np.float64)


def _worth(y: Floats) -> float:
    """How far a trace varies slowly, in units of how far it jumps from point to point."""
    jumps = float(np.median(np.abs(np.diff(y)))) or 1e-300
    return float(np.ptp(np.convolve(y, np.full(5, 0.2), "valid"))) / jumps


def read_sweep(path: str | Path, others: Sequence[str | Path] = ()) -> Sweep:
    """Return an EPR measurement; `others` are the files given with it, among them the data of a two-file format."""
    sweep = _read(Path(path), others)
    for values in (sweep.x, *sweep.traces):
        wrong = values[~(np.abs(values) < _MOST_VALUE)]  # NaN is not less either
        if len(wrong):
            raise UnreadableFile(path, f"a damaged file (a value of {wrong[0]:.3g})", _WHOLE, _AGAIN)
    return sweep


def _read(path: Path, others: Sequence[str | Path]) -> Sweep:
    kind = sniff(path, FORMATS)
    path = described_by(path) or path
    try:
        if kind == "bes3t":
            return _bes3t(path, _companion(path, [Path(one) for one in others], ".dta"))
        if kind == "esp":
            return _esp(path, _companion(path, [Path(one) for one in others], ".spc"))
        if kind == "eprjson":
            return _json(path)
        if kind == "eprxml":
            return _magnettech(path)
        if kind == "eprspe":
            return _old_spe(path)
        if kind == "jcamp":
            return _jcamp(path)
        if kind in KINDS:
            return _columns(path)
    except UnreadableFile:
        raise
    except UnclearComma as problem:
        raise problem.as_error(path) from None
    except (KeyError, ValueError, IndexError, TypeError, struct.error, OverflowError) as problem:
        words = str(problem).replace("\n", " ")[:80]
        raise UnreadableFile(path, f"a damaged file ({words})", _WHOLE, _AGAIN) from None
    raise UnreadableFile(path, f"a {kind} file", FORMATS, _AGAIN)


def _companion(path: Path, given: Sequence[Path], ending: str) -> Path:
    """The file of data beside a description, whatever the case of its ending."""
    for one in given:
        if one.stem == path.stem and one.suffix.lower() == ending:
            return one
    for one in (path.with_suffix(ending), path.with_suffix(ending.upper()), path.with_suffix(ending.capitalize())):
        if one.exists():
            return one
    lone = [one for one in given if one.suffix.lower() == ending]
    if len(lone) == 1:
        return lone[0]
    raise UnreadableFile(path, f"no {path.stem}{ending} beside it", "description and data together", "give both files")


def _lines(path: Path) -> dict[str, str]:
    """Return keys and values of a description, the first of each."""
    found: dict[str, str] = {}
    for line in path.read_text(encoding="latin-1").replace("\r", "\n").splitlines():
        words = line.strip()
        if not words or words[0] in "*#.":
            continue
        key, _, value = words.replace("\t", " ").partition(" ")
        found.setdefault(key.upper(), value.strip().strip("'"))
    return found


def _number(facts: Mapping[str, str], key: str, default: float | None = None) -> float:
    value = number_of(facts.get(key, ""))
    if np.isfinite(value):
        return value
    if default is None:
        raise ValueError(f"no {key}")
    return default


def _plain(facts: dict[str, str]) -> dict[str, str]:
    """The settings, those that are numbers with points for commas."""
    commas = {key for key in ("mwpw", "b0ma", "rcag", "avgs") if "," in facts.get(key, "")}
    return facts | {key: f"{number_of(facts[key])!r}" for key in commas}


def _bes3t(path: Path, data: Path) -> Sweep:
    facts = _lines(path)
    order = ">" if facts.get("BSEQ", "BIG").upper().startswith("BIG") else "<"
    kinds = [one.strip().upper() for one in facts.get("IKKF", "REAL").split(",")]
    formats = [one.strip().upper() for one in facts.get("IRFMT", "D").split(",")]
    numbers = order + _NUMBERS[formats[0]]
    columns = sum(2 if one == "CPLX" else 1 for one in kinds)
    points, rows = int(_number(facts, "XPTS")), int(_number(facts, "YPTS", 1))
    if not 1 < points < _MOST_POINTS or not 0 < rows < 1_000_000:
        raise ValueError(f"{points} x {rows} points")
    if facts.get("XTYP", "IDX").upper() == "IGD":
        found = "an abscissa in a file of its own (.XGF)"
        raise UnreadableFile(path, found, "even steps from XMIN over XWID", "export it as text of two columns")
    raw = data.read_bytes()
    expected = points * rows * columns * np.dtype(numbers).itemsize
    if len(raw) < expected:
        raise ValueError(f"{len(raw)} of {expected} bytes in {data.name}")
    values = np.frombuffer(raw[:expected], numbers).astype(np.float64).reshape(rows * points, columns)
    traces: list[NDArray[Any]] = []
    at = 0
    for one in kinds:
        trace = values[:, at] + 1j * values[:, at + 1] if one == "CPLX" else values[:, at]
        at += 2 if one == "CPLX" else 1
        traces += list(trace.reshape(rows, points))
    start, wide = _number(facts, "XMIN"), _number(facts, "XWID")
    x = start + wide * np.arange(points) / max(points - 1, 1)
    unit = facts.get("XUNI", "").strip("' ").upper()
    frequency = _number(facts, "MWFQ", 0.0) / 1e9
    counter = facts.get("FREQUENCYMON", "")
    if not frequency and "GHZ" in counter.upper():
        frequency = _number(facts, "FREQUENCYMON")
    x, unit = (x * _FIELD[unit], "mT") if unit in _FIELD else (x, unit.lower())
    names = ("TITL", "MWPW", "B0MA", "RCAG", "AVGS", "SPTP", "DATE", "QVALUE", "STMP")
    kept = _plain({key.lower(): facts[key] for key in names if facts.get(key)})
    return Sweep(path, facts.get("TITL") or path.stem, x, unit, traces, frequency or None, kept, "BES3T")


def _esp(path: Path, data: Path) -> Sweep:
    facts = _lines(path)
    raw = data.read_bytes()
    little = "DOS" in facts
    values = np.frombuffer(raw[: len(raw) // 4 * 4], "<f4" if little else ">i4").astype(np.float64)
    points = int(_number(facts, "ANZ", _number(facts, "RES", _number(facts, "SSX", 1024))))
    if not 1 < points <= len(values):
        raise ValueError(f"{len(values)} of {points} points in {data.name}")
    if "HSW" in facts and "HCF" in facts:
        start, wide = _number(facts, "HCF") - _number(facts, "HSW") / 2, _number(facts, "HSW")
    else:
        start, wide = _number(facts, "GST"), _number(facts, "GSI")
    x = 0.1 * (start + wide * np.arange(points) / (points - 1))
    keys = {"mwpw": "MP", "b0ma": "RMA", "rcag": "RRG", "avgs": "JSD", "date": "JDA"}
    kept = _plain({name: facts[key] for name, key in keys.items() if facts.get(key)})
    return Sweep(path, path.stem, x, "mT", [values[:points]], _number(facts, "MF", 0.0) or None, kept, "ESP")


def _json(path: Path) -> Sweep:
    told = json.loads(path.read_text(encoding="utf-8-sig"))
    if "dataStore" in told:
        line = told["dataStore"]["lineDataList"][0]
        pairs = np.array(line["ReData"], np.float64)
        axis = told["dataStore"].get("xAxisName", "Field[G]")
        unit = (re.search(r"\[(\w+)\]", axis) or ["", "G"])[1].upper()
        setting = told.get("setting", {})
        keys = {"mwpw": "lineEdit_MB_Power", "b0ma": "lineEdit_SC_ModulAmp", "rcag": "comboBox_SC_ReceiverGain"}
        kept = {name: setting.get(key) for name, key in keys.items()}
        x, unit = (pairs[:, 0] * _FIELD[unit], "mT") if unit in _FIELD else (pairs[:, 0], unit.lower())
        facts = {key: str(value) for key, value in kept.items() if value}
        frequency = float(line.get("freq") or setting.get("frequency") or 0) or None
        return Sweep(path, str(told.get("name", path.stem)), x, unit, [pairs[:, 1]], frequency, facts, "CIQTEK")
    common = told["ExperimentOptions"]["CommonOptions"]
    points = [one["Points"] for one in told["Values"][0]["Values"]]
    values = np.array([one[0] for one in points], np.float64)
    centre, wide = float(common["CenterMagneticField"]), float(common["SweepWidth"])
    x = centre + wide * (np.arange(len(values)) / (len(values) - 1) - 0.5)
    facts = {"mwpw": str(common["MwParameter"].get("PowerMW", "")), "b0ma": str(common.get("ModulationAmplitude", ""))}
    return Sweep(path, path.stem, x, "mT", [values], float(told["MwFrequencyKHz"]) / 1e6, facts, "ADANI")


def _magnettech(path: Path) -> Sweep:
    from lxml import etree

    try:
        root = etree.fromstring(path.read_bytes(), etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as problem:
        raise ValueError(str(problem)[:60]) from None
    measured = next(root.iter("Measurement"), None)
    if measured is None:
        raise ValueError("no Measurement")
    curves: dict[str, tuple[Floats, Floats]] = {}
    for curve in measured.iter("Curve"):
        if curve.text and curve.text.strip():
            values = np.frombuffer(base64.b64decode(curve.text.strip()), "<f8").astype(np.float64)
            start, step = float(curve.get("XOffset") or 0), float(curve.get("XSlope") or 0)
            times = np.asarray(start + step * np.arange(len(values)), np.float64)
            curves.setdefault(curve.get("YType", ""), (times, values))
    times, values = curves["MW_Absorption"] if "MW_Absorption" in curves else curves["MW_AbsorptionSinus"]
    frequency = float(measured.get("MwFreq") or 0) or None
    name = measured.get("Name") or path.stem
    swept = curves.get("BField")
    if swept is None or float(np.ptp(swept[1])) < 0.5:
        return Sweep(path, name, times, "s", [values], frequency, {}, "Magnettech")
    x = np.interp(times, *swept)
    order = np.argsort(x, kind="stable")
    return Sweep(
        path, name, x[order], "mT", [values[order]], frequency, {"q": measured.get("QFactor", "")}, "Magnettech"
    )


def _old_spe(path: Path) -> Sweep:
    """4,096 half words, then the settings: centre and width of the sweep in tenths of mT first."""
    raw = path.read_bytes()
    values = np.frombuffer(raw[:8192], "<i2").astype(np.float64)
    centre, wide = struct.unpack("<2h", raw[8192:8196])
    x = (centre + wide * (np.arange(len(values)) / (len(values) - 1) - 0.5)) / 10
    return Sweep(path, path.stem, x, "mT", [values], None, {}, "Magnettech SPE")


def _jcamp(path: Path) -> Sweep:
    from liqi.methods.readers.jcamp import read_blocks

    block = read_blocks(path)[0]
    series = block.series[0]
    words = {"GAUSS": "G", "G": "G", "MT": "MT", "MILLITESLA": "MT", "T": "T", "TESLA": "T"}
    unit = words.get(series.x_unit.upper().strip(), "")
    if not unit:
        raise UnreadableFile(path, f"an abscissa of {series.x_unit or 'no unit'}", "a field in gauss or tesla", _AGAIN)
    in_ghz = "GHZ" in block.facts.get(".OBSERVEFREQUENCY", "").upper()
    frequency = _number(block.facts, ".OBSERVEFREQUENCY", 0.0) / (1 if in_ghz else 1000)
    return Sweep(
        path, block.title or path.stem, series.x * _FIELD[unit], "mT", [series.y], frequency or None, {}, "JCAMP-DX"
    )


def _columns(path: Path) -> Sweep:
    lines = words_of(path).splitlines()
    grid = grid_of(path, lines)
    first = next((i for i, title in enumerate(grid.titles) if _FIELD_TITLE.search(title)), None)
    if first is None or first + 1 >= grid.numbers.shape[1]:
        counted = grid.numbers.shape[1] > 2 and _COUNT_TITLE.fullmatch(grid.titles[0].strip()) is not None
        first = int(counted)
    pair = grid.numbers[:, first : first + 2]
    values = pair[np.isfinite(pair).all(axis=1)]
    if len(values) < 16:
        raise UnreadableFile(path, f"{len(values)} pairs of numbers", "field and signal in two columns", _AGAIN)
    again = len(values) - len(np.unique(values[:, 0]))
    if again > 0.01 * len(values):
        raise UnreadableFile(path, f"{again} fields that come more than once", "one sweep", "give one sweep a file")
    head = " ".join(lines[: grid.start])
    unit = "MT" if re.search(r"\bmT\b|\(mT\)", head) else "T" if re.search(r"[(\[]T[)\]]", head) else "G"
    told = re.search(r"(\d[\d.,]*)\s*GHz", head)
    order = np.argsort(values[:, 0], kind="stable")
    x = values[order, 0] * _FIELD[unit]
    return Sweep(path, path.stem, x, "mT", [values[order, 1]], number_of(told[1]) if told else None, {}, "text")
