"""Units of measurement: names in Chinese and English, dimensions, exact conversions."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from liqi.taxonomy._data import parts, table


class UnknownUnit(ValueError):
    """The unit is in no row of the table, or not of the dimension that was asked; the message says which are."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of a dimension: a value in it times `factor` plus `offset` is the value in the dimension's base unit."""

    symbol: str
    dimension: str
    factor: Decimal
    offset: Decimal
    names: tuple[str, ...]

    def to_base(self, value: Decimal) -> Decimal:
        """The value in the base unit of the dimension."""
        return value * self.factor + self.offset

    def from_base(self, value: Decimal) -> Decimal:
        """The value in this unit of a value in the base unit."""
        return (value - self.offset) / self.factor


@cache
def units() -> tuple[Unit, ...]:
    """Every unit of every dimension; the same name can stand in several dimensions."""
    return tuple(
        Unit(row["symbol"], row["dimension"], Decimal(row["factor"]), Decimal(row["offset"]), parts(row["names"]))
        for row in table("units.tsv")
    )


def plain_unit(text: str) -> str:
    """The name of a unit with one sign for micro, ångström, degree and middle dot."""
    for found, wanted in (("μ", "µ"), ("\u212b", "Å"), ("Ω", "Ω"), ("℃", "°C"), ("℉", "°F"), ("⋅", "·"), ("％", "%")):
        text = text.replace(found, wanted)
    return text.strip()


@cache
def _by_name() -> dict[str, tuple[Unit, ...]]:
    found: dict[str, list[Unit]] = {}
    for unit in units():
        for name in dict.fromkeys(plain_unit(one) for one in (unit.symbol, *unit.names)):
            found.setdefault(name, []).append(unit)
    return {name: tuple(several) for name, several in found.items()}


@cache
def _by_any_case() -> dict[str, tuple[Unit, ...]]:
    found: dict[str, dict[Unit, None]] = {}
    for name, several in _by_name().items():
        found.setdefault(name.lower(), {}).update(dict.fromkeys(several))
    return {name: tuple(several) for name, several in found.items()}


def units_named(text: str) -> tuple[Unit, ...]:
    """The units of this symbol or name, those of the written case first; empty when there is none.

    >>> [unit.symbol for unit in units_named("um")], [unit.symbol for unit in units_named("微米")]
    (['µm'], ['µm'])
    """
    name = plain_unit(text)
    if exact := _by_name().get(name):
        return exact
    if len(name) == 1:
        return ()
    loose = _by_any_case().get(name.lower(), ())
    return (
        loose
        if len({(unit.symbol, unit.factor) for unit in loose if unit.dimension == loose[0].dimension}) <= 1
        else ()
    )


def find_unit(text: str, dimension: str = "") -> Unit:
    """The unit of this name, of the dimension where one is asked; UnknownUnit when there is none."""
    several = [unit for unit in units_named(text) if not dimension or unit.dimension == dimension]
    if not several:
        known = [unit.symbol for unit in units() if unit.dimension == dimension] or ["mm", "°C", "kV"]
        raise UnknownUnit(
            f"found the unit {text!r}; expected a unit{f' of {dimension}' if dimension else ''} such as "
            f"{', '.join(known[:5])}."
        )
    return several[0]


def convert(value: Decimal, unit: str, to: str, dimension: str = "") -> Decimal:
    """The value in another unit of the same dimension; UnknownUnit when the two have no dimension in common.

    >>> convert(Decimal(2), "um", "nm"), convert(Decimal(300), "K", "°C", "temperature")
    (Decimal('2000'), Decimal('26.85'))
    """
    for given in units_named(unit):
        for wanted in units_named(to):
            if given.dimension == wanted.dimension and dimension in ("", given.dimension):
                return _tidy(wanted.from_base(given.to_base(value)))
    find_unit(unit, dimension)
    find_unit(to, dimension)
    raise UnknownUnit(f"found {unit!r} to be told in {to!r}; expected two units of one dimension.")


def _tidy(value: Decimal) -> Decimal:
    """Without the digits that only division made, and without an exponent for whole numbers."""
    rounded = value.normalize() if value == value.to_integral() else value.quantize(_step(value)).normalize()
    return rounded.quantize(Decimal(1)) if rounded == rounded.to_integral() and rounded.adjusted() < 27 else rounded


def _step(value: Decimal) -> Decimal:
    return Decimal(1).scaleb(value.adjusted() - 14)


@cache
def unit_pattern() -> str:
    """A regular expression for the name of one unit, longest first; Latin names end where their letters end."""
    names = {name for name in _by_name() if name} | {name for unit in units() for name in unit.names}
    by_length = sorted(names, key=lambda name: (-len(name), name))
    latin = [re.escape(name) for name in by_length if name[-1].isascii() or name[-1] in "Å°Ω²³¹′″‰"]
    other = [re.escape(name) for name in by_length if not (name[-1].isascii() or name[-1] in "Å°Ω²³¹′″‰")]
    return rf"(?:(?:{'|'.join(latin)})(?![A-Za-z0-9µ/^])|(?:{'|'.join(other)}))"
