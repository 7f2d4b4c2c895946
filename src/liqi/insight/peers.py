"""Peers: which cities are most alike by their indicators, so that one learns from the right neighbour."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from liqi.insight import dependence
from liqi.insight.origin import UnusableTable


@dataclass(frozen=True, slots=True)
class Peer:
    """A city and how far it is from the one asked about, in standard deviations; and where the two differ most."""

    name: str
    distance: float
    shared: int
    """Indicators that both have."""
    differs_in: str
    """The indicator with the largest difference."""
    values: Mapping[str, float | None]


def nearest(frame: pl.DataFrame, of: str, *, key: str = "city", by: Sequence[str] = (), k: int = 5) -> list[Peer]:
    """The k rows most like the one named, by root mean square difference of standardised indicators.

    Every column but `key` counts unless `by` names some; each is divided by its standard deviation (n - 1), a column
    that is the same everywhere tells nothing and is left out, and a pair is compared in what both have.
    """
    if key not in frame.columns:
        raise UnusableTable(
            f"found the columns {', '.join(frame.columns)}; expected {key} too; add the column or name another."
        )
    names = frame[key].cast(pl.String).str.strip_chars().to_list()
    if twice := sorted({name for name in names if name is not None and names.count(name) > 1}):
        raise UnusableTable(
            f"found {twice[0]!r} in {names.count(twice[0])} rows; expected one row a {key}; merge them."
        )
    if of not in names:
        raise UnusableTable(f"found no {key} {of!r} in the table; expected one of {', '.join(map(str, names[:8]))}.")
    columns = list(by) or [column for column in frame.columns if column != key]
    values = {column: dependence.number(frame, column).to_list() for column in columns}
    scales = {column: _deviation([v for v in values[column] if v is not None]) for column in columns}
    used = [column for column in columns if scales[column]]
    here = names.index(of)
    found = []
    for at, name in enumerate(names):
        gaps = {
            column: (mine - theirs) / scales[column]
            for column in used
            if (mine := values[column][here]) is not None and (theirs := values[column][at]) is not None
        }
        if at == here or name is None or not gaps:
            continue
        distance = math.sqrt(math.fsum(gap**2 for gap in gaps.values()) / len(gaps))
        widest = max(gaps, key=lambda column: abs(gaps[column]))
        found.append(Peer(name, distance, len(gaps), widest, {column: values[column][at] for column in columns}))
    return sorted(found, key=lambda peer: (peer.distance, peer.name))[:k]


def _deviation(values: Sequence[float]) -> float:
    if len(values) < 2:
        return 0.0
    mean = math.fsum(values) / len(values)
    return math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1))
