"""A small made-up table for each indicator that has one: what it asks for, ready to be counted and changed.

`choke_points`, `mid_gap`, `degree_centrality` (Krackhardt's kite) and `dependence` (the published stock of 2015) have
answers that are known; none of the tables describes a real firm or place.
"""

from importlib import resources


def names() -> tuple[str, ...]:
    """The indicators that have an example, in the order of the alphabet."""
    found = (path.name for path in resources.files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(".csv") for name in found if name.endswith(".csv")))


def text(indicator: str) -> str:
    """The example of this indicator as CSV; blank where it has none."""
    path = resources.files(__name__) / f"{indicator}.csv"
    return path.read_text(encoding="utf-8") if indicator in names() else ""


__all__ = ["names", "text"]
