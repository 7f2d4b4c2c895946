"""EZChrom's text (.asc): a head that tells rates and numbers of points, then every channel's values, one a line."""

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from liqi.methods._errors import UnreadableFile
from liqi.methods.chromatography._text import number
from liqi.methods.chromatography._trace import Chromatogram, Trace, even_trace

_KEY = re.compile(r"([A-Za-z][A-Za-z ]+):(.*)")
_DO = "export it from EZChrom again, with its head"


def is_ezchrom(lines: Sequence[str]) -> bool:
    """Whether these lines begin as EZChrom's export does."""
    keys = {line.partition(":")[0].strip().lower() for line in lines[:30]}
    return {"sampling rate", "total data points"} <= keys


def read(path: Path, lines: Sequence[str]) -> Chromatogram:
    """Return every channel as a trace; a head without a rate or fewer values than it tells raises `UnreadableFile`."""
    head: dict[str, list[str]] = {}
    start = len(lines)
    for i, line in enumerate(lines):
        found = _KEY.match(line)
        if found is None and line.strip():
            start = i
            break
        if found is not None:
            head[found[1].strip().lower()] = [cell.strip() for cell in found[2].split("\t") if cell.strip()]
    rates, counts = (_numbers(head.get(key, [])) for key in ("sampling rate", "total data points"))
    values = [number(line) for line in lines[start:] if line.strip()]
    if not rates or len(rates) != len(counts) or min(rates) <= 0 or min(counts) < 1:
        raise UnreadableFile(path, f"{len(rates)} rates of {len(counts)} channels", "a rate for every channel", _DO)
    if None in values or len(values) < sum(counts):
        raise UnreadableFile(path, f"{len(values):,} of {sum(counts):,.0f} points", "a whole file", _DO)
    units, factors = head.get("y axis title", []), _numbers(head.get("y axis multiplier", []))
    traces: list[Trace] = []
    at = 0
    for i, (rate, count) in enumerate(zip(rates, counts, strict=True)):
        part = np.array(values[at : at + int(count)], np.float64) * (factors[i] if i < len(factors) else 1.0)
        name = f"channel {i + 1}"
        traces.append(
            even_trace(path, name, np.arange(part.size) / rate / 60, part, units[i] if i < len(units) else "")
        )
        at += int(count)
    facts = {"sample_name": " ".join(head["sample id"])} if head.get("sample id") else {}
    return Chromatogram(path, "trace", traces, facts)


def _numbers(cells: Sequence[str]) -> list[float]:
    return [value for cell in cells if (value := number(cell)) is not None]
