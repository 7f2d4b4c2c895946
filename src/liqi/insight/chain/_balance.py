"""Balance of the chain: are its ends heavy and its middle light?"""

from collections.abc import Sequence

from liqi.insight.chain._matrix import Place
from liqi.insight.figure import NONE_RECORDED, NOT_KNOWN, Figure

SEGMENTS = {
    "front": ("frontier_research", "applied_research"),
    "middle": ("industrial_technology",),
    "end": ("industrialisation",),
}
"""The four stages as three: readiness 1 to 3 (research), 4 to 6 (sample to product), 7 to 9 (product to commodity)."""

FORMULA = "mean(front, end) / middle; front, middle and end are the facilities that serve research, sample to product, \
and product to commodity"


def mid_gap(ends: Sequence[float], middle: float) -> float | None:
    """How many times heavier the ends of the chain are than its middle; None with an empty middle.

    >>> mid_gap([50, 50], 5)
    10.0
    """
    return sum(ends) / len(ends) / middle if middle and ends else None


def balance(places: Sequence[Place], field: str = "") -> Figure:
    """The mid-gap index of these facilities: 1 is even, more is a light middle, None an empty middle."""
    own = [place for place in places if not field or place.field == field]
    staged = [place for place in own if place.cells]
    counts = {name: float(sum(bool(place.stages & set(of)) for place in staged)) for name, of in SEGMENTS.items()}
    value = mid_gap([counts["front"], counts["end"]], counts["middle"])
    empty = "the middle is empty" if staged else NOT_KNOWN if own else NONE_RECORDED
    return Figure(
        name="mid_gap",
        value=value,
        unit="ratio",
        rows=len(own),
        missing=1 - len(staged) / len(own) if own else 0.0,
        formula=FORMULA,
        group={"field": field},
        counts=counts,
        row_ids=tuple(place.id for place in staged),
        note="" if value is not None else empty,
    )
