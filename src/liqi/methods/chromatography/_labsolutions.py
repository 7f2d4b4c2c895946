"""Shimadzu LabSolutions text exports: chromatograms in sections, separated by tabs, commas or semicolons."""

import re
from pathlib import Path

from liqi.methods._errors import UnreadableFile
from liqi.methods.chromatography._text import number, text_of
from liqi.methods.chromatography._trace import Chromatogram, ReportedPeak, Trace, even_trace

_HEAD = re.compile(r"^\[(.+)\]\s*$")
_CHANNEL = re.compile(r"\(([^()]*)\)\s*$")
_NM = re.compile(r"(\d{3})\s*nm", re.IGNORECASE)
_FACTS = {
    "Sample Name": "sample_name",
    "Sample ID": "sample_id",
    "Acquired": "injection_date_time_stamp",
    "Method File": "detection_method_name",
    "Operator Name": "operator_name",
    "Instrument Name": "instrument",
}


def read(path: Path) -> Chromatogram:
    """Return every chromatogram of a LabSolutions export; raise `UnreadableFile`."""
    lines = text_of(path).splitlines()
    mark = next((c for c in "\t;," if any(line.startswith(f"Application Name{c}") for line in lines[:40])), "\t")
    sections: list[tuple[str, list[str]]] = []
    for line in lines:
        found = _HEAD.match(line.strip())
        if found:
            sections.append((found.group(1), []))
        elif sections:
            sections[-1][1].append(line)
    facts: dict[str, str] = {}
    tables: dict[str, list[ReportedPeak]] = {}
    for title, rows in sections:
        if title in ("Sample Information", "Original Files", "Configuration"):
            for key, _, value in (row.partition(mark) for row in rows):
                if key in _FACTS and value.strip():
                    facts[_FACTS[key]] = value.strip()
        elif title.startswith("Peak Table"):
            tables[_channel(title)] = _peaks(rows, mark)
    traces = [
        _trace(path, title, rows, mark, tables.get(_channel(title), []))
        for title, rows in sections
        if "Chromatogram" in title and any(row.startswith("R.Time") for row in rows)
    ]
    if not traces:
        titles = ", ".join(title for title, _ in sections[-3:])
        do = "tick the chromatogram when you export it"
        raise UnreadableFile(path, f"sections {titles}", "a section [... Chromatogram ...]", do)
    return Chromatogram(path, "labsolutions", traces, facts)


def _channel(title: str) -> str:
    found = _CHANNEL.search(title)
    return found.group(1) if found else ""


def _trace(path: Path, title: str, rows: list[str], mark: str, reported: list[ReportedPeak]) -> Trace:
    start = next(i for i, row in enumerate(rows) if row.startswith("R.Time"))
    facts = dict(row.split(mark, 1) for row in rows[:start] if mark in row)
    told = number(facts.get("# of Points", ""), mark)
    pairs = [row.split(mark)[:2] for row in rows[start + 1 :] if mark in row]
    numbers = [[number(cell, mark) for cell in pair] for pair in pairs]
    kept = [(x, y) for x, y in numbers if x is not None and y is not None]
    if told is not None and len(kept) < told:
        raise UnreadableFile(path, f"{len(kept):,} of {told:,.0f} points", "a whole file", "export or copy it again")
    factor = number(facts.get("Intensity Multiplier", ""), mark) or 1.0
    unit = facts.get("Intensity Units", "").strip() or ("uV" if factor == 1.0 else "a.u.")
    name = _channel(title) or title
    nm = _NM.search(title) or _NM.search(facts.get("Wavelength(nm)", "") + "nm")
    return even_trace(
        path, name, [x for x, _ in kept], [y * factor for _, y in kept], unit,
        float(nm.group(1)) if nm else None, reported,
    )  # fmt: skip


def _peaks(rows: list[str], mark: str) -> list[ReportedPeak]:
    head = next((i for i, row in enumerate(rows) if row.startswith("Peak#")), None)
    if head is None:
        return []
    names = rows[head].split(mark)
    found = []
    for row in rows[head + 1 :]:
        cells = dict(zip(names, row.split(mark), strict=False))
        values = [number(cells.get(key, ""), mark) for key in ("R.Time", "Area", "Height", "I.Time", "F.Time")]
        if values[0] is None or values[1] is None:
            continue
        facts = (cells.get("Name", "").strip(), cells.get("Mark", "").strip())
        found.append(ReportedPeak(values[0], values[1], values[2], values[3], values[4], *facts))
    return found
