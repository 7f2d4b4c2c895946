"""The facts of a record as codes and numbers: what is filtered by, counted, and ordered by."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any
from zlib import crc32

from liqi.catalogue.search._tokens import prepare
from liqi.taxonomy import read_capability

Row = dict[str, Any]
VALUE_STEPS_CNY = (100_000, 500_000, 2_000_000, 10_000_000)
"""From 500,000 CNY on an instrument is reported to the national platform; from 2 million its purchase is judged."""
FRESH = timedelta(days=365)
FADED = 0.94
"""What the score of a record weighs that nobody confirmed for twelve months."""
OPEN_END = 1e300


@cache
def bands() -> tuple[str, ...]:
    """The bands of value in CNY as codes, from low to high: `100000-500000` holds its lower end."""
    steps = ("", *map(str, VALUE_STEPS_CNY), "")
    return tuple(f"{low}-{high}" for low, high in pairwise(steps))


def band(value: float | None) -> str:
    """The band that the value lies in; blank where it is not known.

    >>> band(500_000), band(99_999), band(20_000_000), band(None)
    ('500000-2000000', '-100000', '10000000-', '')
    """
    return "" if value is None else bands()[sum(value >= step for step in VALUE_STEPS_CNY)]


def point(row: Row) -> str:
    """The place on earth as a code, to about ten metres; blank where it is not known."""
    return f"{row['latitude']:.4f},{row['longitude']:.4f}" if row.get("latitude") is not None else ""


def year(row: Row) -> int | None:
    """When the instrument was built, else acquired."""
    return row["built_year"] or (int(row["acquired_on_text"][:4]) if row["acquired_on_text"] else None)


@lru_cache(maxsize=65_536)
def spelling(name: str) -> int:
    """A number that orders names: letters first, then the common characters by their sound (the order of GB 2312)."""
    return int.from_bytes(prepare(name[:8]).encode("gb18030", "replace")[:8].ljust(8, b"\0"))


def weight(row: Row, today: date) -> float:
    """The number whose `log2(2 + x)` multiplies the score: nothing for a record that nobody confirmed for long."""
    confirmed = row["confirmed_on_text"]
    return _FULL if confirmed and confirmed >= _fresh_from(today) else 0.0


_FULL = 2.0 ** (1 / FADED) - 2.0


@lru_cache(maxsize=16)
def _fresh_from(today: date) -> str:
    return (today - FRESH).isoformat()


def quality(row: Row, today: date) -> float:
    """How much a record tells and offers: decides which records stand first where very many fit alike."""
    points = 3 * bool(row.get("bookable")) + bool(row.get("shared")) + bool(row.get("capabilities"))
    points += bool(row.get("class_code")) + bool(row.get("maker_id")) + (row.get("latitude") is not None)
    points += 2 * bool(weight(row, today)) + 4 * ("class_code" not in row)
    return float(points + crc32(row["key"].encode()) / 2**32)


def abilities(capabilities: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """For each quantity that is understood its lowest and its highest value, in the unit of the quantity.

    >>> abilities([{"quantity": "mass resolution", "value": 140000, "unit": ""}])
    {'mass_resolution_low': 140000.0, 'mass_resolution_high': 140000.0}
    """
    found: dict[str, float] = {}
    for one in capabilities:
        said = tuple((name, str(one[name])) for name in ("quantity", "value", "low", "high", "unit") if name in one)
        if reading := _reading(said):
            key, low, high = reading
            found[f"{key}_low"] = min(low, found.get(f"{key}_low", OPEN_END))
            found[f"{key}_high"] = max(high, found.get(f"{key}_high", -OPEN_END))
    return found


@lru_cache(maxsize=65_536)
def _reading(said: tuple[tuple[str, str], ...]) -> tuple[str, float, float] | None:
    reading = read_capability({name: text for name, text in said if text != "None"})
    if reading is None:
        return None
    low = -OPEN_END if reading.low is None else reading.low
    high = OPEN_END if reading.high is None else reading.high
    return reading.quantity.key, low, high
