"""A small made-up table for every indicator, and what it is asked with: ready to be counted and changed.

`choke_points`, `mid_gap`, `degree_centrality` (Krackhardt's kite), `dependence` (the published stock of 2015),
`trade_deficit`, `location_quotient`, `cluster_index`, `shift_share` and `hhi` have answers that are known; none of the
tables describes a real firm.
"""

import json
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from importlib import resources
from typing import Any


@dataclass(frozen=True, slots=True)
class Asked:
    """How the example of an indicator is asked: the columns to split by, the settings, the day where it needs one."""

    by: tuple[str, ...] = ()
    settings: dict[str, str] = field(default_factory=dict)
    as_of: date | None = None


def names() -> tuple[str, ...]:
    """The indicators that have an example, in the order of the alphabet."""
    return tuple(sorted({*_tables(), *_asked()}))


def text(indicator: str) -> str:
    """The example of this indicator as CSV; blank where it has none."""
    if indicator not in names():
        return ""
    table = _asked().get(indicator, {}).get("table", indicator)
    return (resources.files(__name__) / f"{table}.csv").read_text(encoding="utf-8")


def asked(indicator: str) -> Asked:
    """What the example of this indicator is asked with."""
    said = _asked().get(indicator, {})
    day = date.fromisoformat(said["as_of"]) if "as_of" in said else None
    return Asked(tuple(said.get("by", ())), dict(said.get("set", {})), day)


@lru_cache(maxsize=1)
def _tables() -> tuple[str, ...]:
    files = (path.name for path in resources.files(__name__).iterdir())
    return tuple(name.removesuffix(".csv") for name in files if name.endswith(".csv"))


@lru_cache(maxsize=1)
def _asked() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads((resources.files(__name__) / "asked.json").read_text("utf-8"))
    return found


__all__ = ["Asked", "asked", "names", "text"]
