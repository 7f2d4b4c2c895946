"""ChemStation's Report.TXT: the peaks of every signal as the program integrated them; it holds no signal."""

import re
from pathlib import Path

from liqi.methods._errors import UnreadableFile
from liqi.methods.chromatography._text import number, text_of
from liqi.methods.chromatography._trace import ReportedPeak

_SIGNAL = re.compile(r"^Signal\s+\d+:\s*(.+?)\s*$")
_RULE = re.compile(r"^[-|]{10,}\s*$")
_DO = "print the area per cent report to a file again"


def read_report(path: str | Path) -> dict[str, list[ReportedPeak]]:
    """Return the peaks of each signal by its name, areas in the report's unit times seconds; raise `UnreadableFile`."""
    path = Path(path)
    lines = text_of(path).splitlines()
    found: dict[str, list[ReportedPeak]] = {}
    signal, spans = "signal", None
    is_open = False
    for i, line in enumerate(lines):
        named = _SIGNAL.match(line.strip())
        if named:
            signal, spans = named.group(1), None
        elif _RULE.match(line.strip()) and "|" in line and i:
            spans = [(m.start(), m.end()) for m in re.finditer(r"-+", line)]
            heads = [lines[i - 2][a : b + 1].strip().lower() if i > 1 else "" for a, b in spans]
            found.setdefault(signal, [])
            is_open = True
        elif line.startswith("Totals"):
            spans, is_open = None, False
        elif spans is not None:
            peak = _peak(line, spans, heads)
            if peak is not None:
                found[signal].append(peak)
    if is_open or not any(found.values()):
        what = "a report that ends in the middle" if is_open else "no table of peaks"
        raise UnreadableFile(path, what, "an area per cent report", _DO)
    return {name: peaks for name, peaks in found.items() if peaks}


def _peak(line: str, spans: list[tuple[int, int]], heads: list[str]) -> ReportedPeak | None:
    """Return the peak of a row, its cells cut where the rule under the heads has its bars."""
    cells = [line[a : b + 1].strip(" |") for a, b in spans]
    by_head = {head.split()[0] if head.split() else "": cell for head, cell in zip(heads, cells, strict=True)}
    time = number(by_head.get("rettime", ""))
    area = number(by_head.get("area", cells[4] if len(cells) > 4 else ""))
    if len(cells) > 4:  # "Area" heads the area and the per cent: the fifth column is the area
        area = number(cells[4])
    if time is None or area is None:
        return None
    height = number(cells[5]) if len(cells) > 5 else None
    return ReportedPeak(time, area, height, kind=by_head.get("type", ""))
