"""The combustions of an elemental analyser's table: areas or percentages, under the heads that programs write."""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from liqi.methods._errors import UnreadableFile
from liqi.methods.elemental._composition import ELEMENTS, formula_of
from liqi.methods.elemental._factors import Burn
from liqi.methods.elemental._table import Row, column, number, read_table, role_of

EXPECTED = "a table with name, role, mass in mg and the area of each element (area_C, area_N ...), or its per cent"
NAMES = (
    *("name", "sample", "sample name", "sample id", "label", "identifier 1", "id"),
    *("样品", "样品名称", "名称", "樣品", "樣品名稱", "名稱"),
)
"""Heads over the names of what was measured."""
ROLES = ("role", "type", "sample type", "kind", "类型", "類型")
"""Heads over what a row is: blank, standard, check or sample."""
_MASSES = (r"mass.*mg.*", r"weight.*mg.*", "mass", "weight", r".*[称稱][样樣]量.*", r".*[质質]量.*")
_WORDS = {"C": "carbon", "H": "hydrogen", "N": "nitrogen", "S": "sul(ph|f)ur", "O": "oxygen"}
Patterns = Callable[[str, str], tuple[str, ...]]
_MOST = 1e30
"""No balance or detector writes a number above this; squares of it still are numbers."""
_LEAST_MG = 1e-6
"""No balance weighs less: a nanogram; a response per mass of it still is a number."""
_BLANK = re.compile(r"blank|blk|bypass|空白|run ?in", re.IGNORECASE)


def read_burns(path: str | Path) -> list[Burn]:
    """Return the combustions of a table; one without what is needed raises `UnreadableFile`."""
    return read_run(path)[0]


def read_run(path: str | Path) -> tuple[list[Burn], bool]:
    """Return the combustions of a table, and whether per cent stand in it for areas.

    A per cent times the mass is in proportion to the area, so that standards calibrate it as they would the area.
    """
    path = Path(path)
    rows = read_table(path, EXPECTED)
    heads = list(rows[0])
    name, role, mass = column(heads, *NAMES), column(heads, *ROLES), column(heads, *_MASSES)
    areas = _columns(heads, _areas)
    shares = {} if areas else _columns(heads, _shares)
    needed = (("name", name), ("mass_mg", mass), ("area_C", areas or shares))
    if not name or not mass or not (areas or shares):
        missing = ", ".join(word for word, found in needed if not found)
        raise UnreadableFile(path, f"columns {', '.join(heads)[:120]}", EXPECTED, f"add {missing}")
    written = column(heads, "formula", "分子式")
    burns = []
    for place, row in enumerate(rows):
        told = _role(path, place, row, role, row[name])
        weight = number(row.get(mass, "")) or 0.0
        if told != "blank" and weight < _LEAST_MG:
            found = f"mass {row.get(mass, '')!r} in row {place + 2}"
            raise UnreadableFile(path, found, "a mass in mg above zero", "write what was weighed in")
        for head in (mass, *areas.values(), *shares.values()):
            if abs(number(row.get(head, "")) or 0.0) > _MOST:
                found = f"{row[head][:20]!r} under {head!r} in row {place + 2}"
                raise UnreadableFile(path, found, f"numbers up to {_MOST:g}", "correct what stands there")
        given = _values(row, areas) or {one: value * weight for one, value in _values(row, shares).items()}
        formula = (row.get(written, "") if written else "") or formula_of(row[name]) or None
        burns.append(Burn(place, row[name], told, weight, given, formula))
    return burns, bool(shares)


def _role(path: Path, place: int, row: Row, head: str | None, name: str) -> str:
    """Return what a row is: as its column says, or by its name where the table has no such column."""
    if head is None:
        return "blank" if _BLANK.match(name) else "standard" if formula_of(name) else "sample"
    told = role_of(row.get(head, ""))
    if told is None:
        found = f"role {row.get(head, '')!r} in row {place + 2}"
        raise UnreadableFile(path, found, "blank, standard, check or sample", "say what each row is")
    return told


def _values(row: Row, heads: Mapping[str, str]) -> dict[str, float]:
    return {one: value for one, head in heads.items() if (value := number(row.get(head, ""))) is not None}


def _columns(heads: Sequence[str], patterns: Patterns) -> dict[str, str]:
    return {one: found for one in ELEMENTS if (found := column(heads, *patterns(one.lower(), _WORDS[one])))}


def _areas(sign: str, word: str) -> tuple[str, ...]:
    return (
        *(rf"area[ _]?{sign}", rf"({sign}|{word})[ _]+area.*", rf"area.*[(\[]{sign}[)\]]"),
        *(rf"{sign}[ _]*(元素)?(峰)?[面峰][积積].*", rf"(峰)?[面峰][积積].*{sign}[)）]?"),
    )


def _shares(sign: str, word: str) -> tuple[str, ...]:
    return (rf"({sign}|{word})[ _]*[(\[（]?[%％][)\]）]?", rf"[%％][ _]*({sign}|{word})", sign, word)
