"""Every block of a JCAMP-DX file with its labels and tables: plain, compound (LINK), several pages (NTUPLES).

JCAMP-DX 4.24 (Appl. Spectrosc. 42:151, 1988), 5.00 (47:1093, 1993) and 5.01 (Pure Appl. Chem. 71:1549, 1999).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from liqi.methods._errors import UnreadableFile
from liqi.methods.readers._asdf import Floats, Ordinates, ordinates, pairs
from liqi.methods.readers._commas import UnclearComma, number_of
from liqi.methods.readers._damage import Damage
from liqi.methods.readers._lines import lines_of

FORMAT = "JCAMP-DX"
_TABLES = {"XYDATA", "XYPOINTS", "PEAKTABLE", "DATATABLE", "PEAKASSIGNMENTS", "RADATA", "ASSIGNMENTS"}
_PEAKS = {"PEAKTABLE", "PEAKASSIGNMENTS", "ASSIGNMENTS"}
_COMMENT = re.compile(r"\$\$.*")
_KEY = re.compile(r"[\s_/-]")
_FORM = re.compile(r"\(([A-Z])\+\+\(([A-Z])\.\.[A-Z]\)?")
_PAIR = re.compile(r"\(([A-Z])([A-Z])\.\.")
_GROUP = re.compile(r"\(([^()<]*)(?:<([^>]*)>)?[^()]*\)")
_AGAIN = "export it from the instrument again"


@dataclass(frozen=True, slots=True)
class Series:
    """One table of a block: abscissa and ordinate with their units, whether it is a list of peaks, its page."""

    x: Floats
    y: Floats
    x_unit: str
    y_unit: str
    peaks: bool = False
    page: str = ""
    names: Sequence[str] = ()
    label: str = ""


@dataclass
class Block:
    """A block from ``##TITLE=`` to ``##END=``: its labels, its tables, and what of them was odd."""

    facts: dict[str, str] = field(default_factory=dict)
    series: list[Series] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    @property
    def title(self) -> str:
        """What the block calls itself."""
        return self.facts.get("TITLE", "")

    @property
    def data_type(self) -> str:
        """What was measured, in capitals: ``INFRARED SPECTRUM``, ``NMR FID`` and so on."""
        return self.facts.get("DATATYPE", "").upper()


def read_blocks(path: str | Path) -> list[Block]:
    """Return the blocks that carry a table, in the order of the file; a broken table raises `UnreadableFile`."""
    path = Path(path)
    damage = Damage(path)
    blocks: list[Block] = []
    try:
        for block in _blocks(lines_of(path, damage)):
            blocks += [block] if block.series else []
    except UnclearComma as problem:
        raise problem.as_error(path) from None
    except (ValueError, OverflowError) as problem:
        raise UnreadableFile(path, f"a damaged table ({problem})", FORMAT, _AGAIN) from None
    if damage:
        raise damage.as_error(0, 0)
    if not blocks:
        raise UnreadableFile(path, "no table of data", f"{FORMAT} with XYDATA, a PEAK TABLE or NTUPLES", _AGAIN)
    return blocks


def _blocks(lines: Iterator[str]) -> Iterator[Block]:
    """Yield each block when it ends; one without an end, at the end of the file."""
    open_blocks: list[Block] = []
    for key, value, table in _records(lines):
        if key == "TITLE":
            if open_blocks and _done(open_blocks[-1]):
                yield open_blocks.pop()
            open_blocks.append(Block())
        if not open_blocks:
            open_blocks.append(Block())
        block = open_blocks[-1]
        if key in _TABLES:
            _add(block, key, value, table)
        elif key == "END":
            yield open_blocks.pop()
        else:
            block.facts[key] = "\n".join([value, *table]).strip()
    if open_blocks and any(one.series for one in open_blocks):
        open_blocks[-1].notices.append("the file ends without ##END=")
    yield from reversed(open_blocks)


def _done(block: Block) -> bool:
    """Whether a new title ends this block, which forgot its end; a compound block holds others."""
    return bool(block.series) and "LINK" not in block.data_type


def _records(lines: Iterator[str]) -> Iterator[tuple[str, str, list[str]]]:
    """Yield every labelled record: its label in capitals without blanks, its value, the lines that follow."""
    key, value, body = "", "", list[str]()
    for line in (part for whole in lines for part in whole.split("\r")):
        words = (_COMMENT.sub("", line) if "$$" in line else line).strip()
        if words.startswith("##"):
            if key:
                yield key, value, body
            name, _, value = words[2:].partition("=")
            key, value, body = _KEY.sub("", name).upper(), value.strip(), []
        elif words and key:
            body.append(words)
    if key:
        yield key, value, body


def _add(block: Block, key: str, value: str, table: list[str]) -> None:
    form = value.upper().replace(" ", "")
    if not table and not value:
        return
    if "NTUPLES" in block.facts:
        block.series.append(_page(block, form, table))
    elif "++" in form:
        block.series.append(spaced(block, table))
    elif key in ("PEAKASSIGNMENTS", "ASSIGNMENTS") or (
        form.startswith("(XY") and ".." not in form and "<" in "".join(table)
    ):
        block.series.append(_assigned(block, table))
    else:
        width = _width(form)
        announced = _count(block)
        rows = pairs(table, width, announced)
        scale = (1.0, 1.0) if key in _PEAKS else (_number(block, "XFACTOR", 1.0), _number(block, "YFACTOR", 1.0))
        _counted(block, len(rows), announced)
        block.series.append(_series(block, rows[:, 0] * scale[0], rows[:, 1] * scale[1], key in _PEAKS))


def _width(form: str) -> int:
    """How many numbers a row of a table of pairs has: two, or three where a width is given as well."""
    inside = form.partition("(")[2].partition("..")[0]
    return len(inside) if inside.isalpha() and 2 <= len(inside) <= 4 else 2


def _number(block: Block, key: str, default: float) -> float:
    words = block.facts.get(key, "")
    value = _float(words)
    if value is None and words:
        raise ValueError(f"{key} of {words[:30]!r}")
    return default if value is None else value


def _count(block: Block) -> int:
    """How many points are announced, 0 where none are; a comma in a count parts thousands."""
    found = re.match(r"\d{1,3}(?:,\d{3})+$|\d+(?=\D|$)", block.facts.get("NPOINTS", ""))
    return int(found[0].replace(",", "")[:12]) if found else 0


def _series(block: Block, x: Floats, y: Floats, peaks: bool = False, names: Sequence[str] = ()) -> Series:
    facts = block.facts
    page = facts.get("PAGE", "")
    return Series(x, y, facts.get("XUNITS", ""), facts.get("YUNITS", ""), peaks, page, names, facts.get("TITLE", ""))


def spaced(block: Block, table: list[str]) -> Series:
    """Return a table of ordinates at even steps, from FIRSTX to LASTX, its factors those of the block."""
    announced = _count(block)
    found = ordinates(table, announced)
    y = _complete(block, found, announced)
    factor = _number(block, "XFACTOR", 1.0)
    ends = (block.facts.get("FIRSTX"), block.facts.get("LASTX"))
    x = _abscissa(block, found, len(y), factor, ends)
    return _series(block, x, y * _number(block, "YFACTOR", 1.0))


def _complete(block: Block, found: Ordinates, announced: int) -> Floats:
    if found.failed_checks:
        block.notices.append(f"{found.failed_checks} lines whose check value is not the value before")
    y = np.array(found.y)
    if announced and len(y) == announced + 1:
        return y[:announced]
    _counted(block, len(y), announced)
    return y


def _counted(block: Block, rows: int, announced: int) -> None:
    if announced and rows != announced:
        block.notices.append(f"{rows} points where {announced} are announced")


def _abscissa(block: Block, found: Ordinates, count: int, factor: float, ends: tuple[str | None, str | None]) -> Floats:
    """Return x by the first and last that are told; by the lines' own abscissas where those are missing."""
    if not count:
        return np.empty(0)
    first, last = (_float(one) for one in ends)
    if first is None or last is None:
        return _of_lines(found, count, factor)
    own, before = np.array(found.x[: len(found.before)]) * factor, np.array(found.before)
    away, step = np.empty(0), 0.0
    for number in dict.fromkeys((_count(block) or count, count)):  # a count may be wrong, a file cut: lines know
        even = (last - first) / (number - 1) if number > 1 else 0.0
        off = np.abs(own - (first + even * before))
        if not away.size or float(np.median(off)) < float(np.median(away)):
            away, step = off, even
    x = first + step * np.arange(count)
    if step and len(own) > 1 and float(np.median(away)) > abs(last - first) / 50:
        block.notices.append("abscissas of the lines that differ from FIRSTX and LASTX; those of the lines were taken")
        return _of_lines(found, count, factor)
    return np.asarray(x)


def _of_lines(found: Ordinates, count: int, factor: float) -> Floats:
    """Return x from the abscissas in front of the lines, even steps between them."""
    own, before = np.array(found.x) * factor, np.array(found.before, dtype="f8")
    if len(own) < 2:
        return np.asarray(own[:1] + factor * np.arange(count) if len(own) else np.arange(count, dtype="f8"))
    slope = (own[-1] - own[-2]) / max(before[-1] - before[-2], 1.0)
    places = np.arange(count, dtype="f8")
    x = np.interp(places, before, own)
    beyond = places > before[-1]
    x[beyond] = own[-1] + slope * (places[beyond] - before[-1])
    return np.asarray(x)


def _assigned(block: Block, table: list[str]) -> Series:
    """A table of peaks with what they belong to: ``(x, y, multiplicity, <assignment>)``."""
    rows = []
    for numbers, name in _GROUP.findall(" ".join(table)):
        words = [word.strip() for word in numbers.split(",")]
        values = [float(word) for word in words if _is_number(word)]
        if values:
            rows.append((values[0], values[1] if len(values) > 1 else 1.0, name.strip()))
    x, y = (np.array([row[i] for row in rows]) for i in (0, 1))
    return _series(block, x, y, True, tuple(str(row[2]) for row in rows))


def _is_number(word: str) -> bool:
    try:
        return bool(np.isfinite(float(word)))
    except ValueError:
        return False


def _page(block: Block, form: str, table: list[str]) -> Series:
    """A table of an NTUPLES block, its factors and ends those of the variables that its form names."""
    symbols = _list(block.facts, "SYMBOL")
    page, label = block.facts.get("PAGE", ""), block.facts.get("TITLE", "")
    even = _FORM.search(form)
    if even:
        of_x, of_y = (_variable(block.facts, symbols, even[i]) for i in (1, 2))
        announced = int(_float(of_y.get("VARDIM")) or _count(block))
        found = ordinates(table, announced)
        y = _complete(block, found, announced) * (_float(of_y.get("FACTOR")) or 1.0)
        factor = _float(of_x.get("FACTOR")) or 1.0
        first, last = of_x.get("FIRST") or None, of_x.get("LAST") or None
        x = _abscissa(Block({"NPOINTS": str(announced)}), found, len(y), factor, (first, last))
        return Series(x, y, of_x.get("UNITS", ""), of_y.get("UNITS", ""), False, page, (), of_y.get("VARNAME", label))
    named = _PAIR.search(form)
    of_x, of_y = (_variable(block.facts, symbols, named[i] if named else "XY"[i - 1]) for i in (1, 2))
    rows = pairs(table)
    x, y = (rows[:, i] * (_float(one.get("FACTOR")) or 1.0) for i, one in enumerate((of_x, of_y)))
    peaks = "PEAKS" in form
    return Series(x, y, of_x.get("UNITS", ""), of_y.get("UNITS", ""), peaks, page, (), label)


def _list(facts: Mapping[str, str], key: str) -> list[str]:
    return [word.strip() for word in facts.get(key, "").replace("\n", " ").split(",")]


def _variable(facts: Mapping[str, str], symbols: Sequence[str], symbol: str) -> dict[str, str]:
    """What the block tells of the variable with this symbol."""
    upper = [one.upper() for one in symbols]
    if symbol not in upper:
        raise ValueError(f"a table of {symbol}, which SYMBOL does not name")
    place = upper.index(symbol)
    found = {}
    for key in ("VARNAME", "VARDIM", "UNITS", "FIRST", "LAST", "FACTOR"):
        words = _list(facts, key)
        if key in ("FIRST", "LAST", "FACTOR") and len([one for one in words if one]) > len(symbols):
            words = _decimal(facts[key], key, len(symbols))
        found[key] = words[place] if place < len(words) else ""
    return found


def _decimal(words: str, key: str, count: int) -> list[str]:
    """Numbers with decimal commas, parted by commas and blanks; raises `UnclearComma` where they are not so many."""
    parts = [one for one in re.split(r",?\s+", words.strip()) if one]
    if len(parts) != count:
        raise UnclearComma(f"{key} of {words[:40]!r}, {count} numbers with commas between and perhaps within them")
    return parts


def _float(words: str | None) -> float | None:
    """The number that a label tells, None where it tells none; raises `UnclearComma`."""
    value = number_of(words or "")
    return value if np.isfinite(value) else None
