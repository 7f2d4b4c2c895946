"""Residue limits that ship, each with the text in which its value was seen; without one there is no value."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from liqi.methods.mass_spectrometry._tables import number_in, read_table

LISTS = {"none": "", "eu-milk": "EU 37/2010", "codex-milk": "Codex", "gb-milk": "GB 31650-2019"}
"""What the lists are called, and the authority's text that each stands for."""
ALPHA = {"MRL": 0.05, "RPA": 0.01, "own": 0.05}
"""Regulation (EU) 2021/808: the error probability of a decision limit, by the kind of limit."""
FILE = Path(__file__).with_name("data") / "limits" / "milk.csv"
_PER_UG_PER_KG = {"ug/kg": 1.0, "ng/g": 1.0, "ppb": 1.0, "mg/kg": 1000.0, "ug/g": 1000.0, "ppm": 1000.0, "ng/kg": 0.001}


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit for one substance or the sum of several; `value` is None where its text was not seen.

    `members` are the names in small letters that count; `open_sum` says that others, not named, count too.
    """

    name: str
    text: str
    members: frozenset[str]
    value: float | None
    unit: str = "ug/kg"
    kind: str = "MRL"
    open_sum: bool = False
    seen_in: str = ""

    def in_unit(self, unit: str) -> float | None:
        """Return the value in another unit; None where it has none or the unit is not one of mass in mass."""
        if self.value is None or plain_unit(unit) == plain_unit(self.unit):
            return self.value
        wanted, own = (_PER_UG_PER_KG.get(plain_unit(one)) for one in (unit, self.unit))
        return None if wanted is None or own is None else self.value * own / wanted


def plain_unit(unit: str) -> str:
    """Return a unit with u for micro and no blanks.

    >>> plain_unit("µg / kg")
    'ug/kg'
    """
    return unit.replace("µ", "u").replace("μ", "u").replace(" ", "").lower()


def limits_of(name: str) -> list[Limit]:
    """Return the limits of one of LISTS; none for ``none``."""
    return [limit for listed, limit in _shipped() if listed == name]


@cache
def _shipped() -> tuple[tuple[str, Limit], ...]:
    return tuple((row["list"], _limit(row)) for row in read_table(FILE, ("list", "substance", "value_ug_per_kg")))


def _limit(row: Mapping[str, str]) -> Limit:
    members = frozenset(name.strip().lower() for name in (row["members"] or row["substance"]).split(";"))
    value = number_in(FILE, row, "value_ug_per_kg")
    facts = row["substance"], LISTS[row["list"]], members, value, "ug/kg", row["kind"]
    return Limit(*facts, open_sum=row["open"] == "yes", seen_in=row["seen_in"])
