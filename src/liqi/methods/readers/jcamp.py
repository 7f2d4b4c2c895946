"""JCAMP-DX for mass spectrometry (Lampen et al., Appl. Spectrosc. 48:1545, 1994): a run page by page, or spectra.

Tables of pairs are read, `##XYDATA=`, `##XYPOINTS=`, `##PEAK TABLE=` and `##DATA TABLE=` with `(XY..XY)`, and of evenly
spaced ordinates, `(X++(Y..Y))`, in every form of numbers. Other instruments' files are read by `read_blocks`.
"""

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np

from liqi.methods._errors import UnreadableFile
from liqi.methods.readers._asdf import pairs
from liqi.methods.readers._commas import number_of
from liqi.methods.readers._damage import Damage
from liqi.methods.readers._jcamp_blocks import Block, Series, read_blocks, spaced
from liqi.methods.readers._lines import MOST_LINES, lines_of, occurrences
from liqi.methods.readers._run import Array, Run, Spectrum, in_order
from liqi.methods.readers._sniff import head

__all__ = ["Block", "Series", "read", "read_blocks"]

_TYPE = re.compile(rb"^##[ _-]*DATA[ _-]?TYPE[ _-]*=(.*?)(?:\$\$|[\r\n])", re.IGNORECASE | re.MULTILINE)
_TABLES = {"XYDATA", "XYPOINTS", "PEAKTABLE", "DATATABLE", "PEAKASSIGNMENTS"}
_TIMES = (b"##retention_time=", b"##.retention time=", b"##.retention_time=")
_FACTORS = {"XYDATA": ("XFACTOR", "YFACTOR"), "XYPOINTS": ("XFACTOR", "YFACTOR")}
"""What the numbers of a table are multiplied by; those of a peak table stand as they are."""
_TIME = re.compile(r"T\s*=\s*([0-9.,eE+-]+)")
_COMMENT = re.compile(r"\$\$.*")
_MINUTE_S = 60.0


def read(path: Path) -> Run:
    """Return the spectra of a JCAMP-DX file: a run where its pages have times, else a list."""
    types = {one.decode("latin-1").strip() for one in _TYPE.findall(head(path))} - {""}
    if types and not any(re.search("MASS|LINK", one, re.IGNORECASE) for one in types):
        found = f"a JCAMP-DX file of {min(types)[:60].lower()}"
        raise UnreadableFile(path, found, "mass spectra", "ask a method that reads it (`liqi methods` lists them)")
    pages = occurrences(path, b"##page=")
    acquired = pages > 0 or any(occurrences(path, label) > 1 for label in _TIMES)
    expected = pages or occurrences(path, b"(xy..xy)")
    return Run(path, "jcamp", acquired, expected, partial(_spectra, path, acquired))


def _spectra(path: Path, acquired: bool, damage: Damage) -> Iterator[Spectrum]:
    facts: dict[str, str] = {}
    table: list[str] | None = None
    start, kind = 0, ""
    for number, line in enumerate(lines_of(path, damage), 1):
        line = _COMMENT.sub("", line) if "$$" in line else line
        if not line.startswith("##"):
            if table is not None and len(table) < MOST_LINES:
                table.append(line)
            continue
        name, _, value = line[2:].partition("=")
        key = re.sub(r"[\s_/.-]", "", name).upper()
        if table is not None:
            yield from _checked(facts, kind, table, start, acquired, damage)
            table = None
            if key not in _TABLES:
                facts.pop("NPOINTS", None)
        if key in _TABLES:
            table, start, kind = [], number, key
            facts["FORM"] = value.strip()
        else:
            facts[key] = value.strip()
    if table is not None:
        yield from _checked(facts, kind, table, start, acquired, damage)
        if "END" not in facts and not acquired:
            damage.stop("a file without ##END=")


def _checked(
    facts: dict[str, str], kind: str, table: list[str], start: int, run: bool, damage: Damage
) -> Iterator[Spectrum]:
    try:
        yield _spectrum(facts, kind, table, run, damage)
    except (ValueError, OverflowError) as problem:
        damage.leave_out(f"table of line {start}", problem)


def _spectrum(facts: dict[str, str], kind: str, table: list[str], run: bool, damage: Damage) -> Spectrum:
    form = facts.get("FORM", "").upper().replace(" ", "")
    if "++" in form:
        profile = spaced(Block(dict(facts)), table)
        return _made(facts, np.column_stack([profile.x, profile.y]), run, damage, centroid=False)
    if "(XY" not in form:
        raise ValueError(f"a table of the form {facts.get('FORM', '')[:20]!r}, not (XY..XY)")
    announced = int(facts["NPOINTS"][:12]) if facts.get("NPOINTS", "").isdecimal() else 0
    rows = pairs(table, announced=announced)
    if announced and announced != len(rows):
        raise ValueError(f"{len(rows)} of {announced} peaks")
    with np.errstate(over="ignore", under="ignore"):
        rows = rows * [_factor(facts.get(name, "")) for name in _FACTORS.get(kind, ("", ""))]
    if not np.isfinite(rows).all():
        raise ValueError("a peak that is no number")
    return _made(facts, rows, run, damage, centroid=True)


def _factor(text: str) -> float:
    factor = number_of(text)
    return factor if factor and np.isfinite(factor) else 1.0


def _made(facts: dict[str, str], pairs: Array, run: bool, damage: Damage, centroid: bool) -> Spectrum:
    mode = facts.get("IONIZATIONMODE", "")
    return Spectrum(
        *in_order(pairs[:, 0], pairs[:, 1], damage),
        ms_level=1,
        retention_time_s=_seconds(facts),
        polarity={"+": "positive", "-": "negative"}.get(mode[-1:]),
        centroid=centroid,
        name="" if run else facts.get("TITLE", ""),
        id=f"scan={facts['SCANNUMBER']}" if facts.get("SCANNUMBER") else "",
        facts=None if run else {name.lower(): value for name, value in facts.items()},
    )


def _seconds(facts: dict[str, str]) -> float | None:
    found = _TIME.match(facts.get("PAGE", ""))
    text = facts.get("RETENTIONTIME") or (found.group(1) if found else "")
    if not text:
        return None
    minutes = "MIN" in facts.get("UNITS", "").upper()
    time = number_of(text)
    if not np.isfinite(time):
        raise ValueError(f"a time of {text[:20]!r}")
    return time * (_MINUTE_S if minutes else 1.0)
