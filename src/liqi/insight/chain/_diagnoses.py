"""Three faults of a cluster, each with its measure, its threshold and what was found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from liqi.insight.chain._balance import balance
from liqi.insight.chain._cluster import RADIUS_KM, Cluster, cluster
from liqi.insight.chain._matrix import Place
from liqi.insight.figure import NONE_RECORDED, NOT_KNOWN, Figure

INDUSTRY = frozenset({"industrial_technology", "industrialisation"})
THRESHOLDS: Mapping[str, float] = {"weak_links": 3.0, "unclear_orientation": 1 / 3, "loose_cluster": 0.25}
"""Where each fault begins: a mid-gap index of 3 and over, under a third for industry, under a quarter near and linked.

They are conventions of ours, to be set by who asks; none is published.
"""
RESULTS = ("fault", "no fault", "cannot tell")


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One fault: found, not found, or not to be told; with the figure that was held against the threshold."""

    code: str
    result: str
    figure: Figure
    threshold: float
    above: bool
    """Whether the fault is at the threshold and over it (else under it)."""


def diagnose(
    places: Sequence[Place], *, thresholds: Mapping[str, float] = THRESHOLDS, radius_km: float = RADIUS_KM
) -> tuple[Diagnosis, ...]:
    """Weak key links, unclear orientation to industry, and too little clustering, in this order."""
    limits = {**THRESHOLDS, **thresholds}
    return (
        _weak_links(balance(places), limits["weak_links"]),
        _unclear(places, limits["unclear_orientation"]),
        _loose(cluster(places, radius_km=radius_km), limits["loose_cluster"]),
    )


def _weak_links(found: Figure, threshold: float) -> Diagnosis:
    """An empty middle between ends that are there is the fault itself, though it has no ratio."""
    empty = found.counts["middle"] == 0 and (found.counts["front"] > 0 or found.counts["end"] > 0)
    result = "fault" if empty else _result(found, threshold, above=True)
    return Diagnosis("weak_links", result, found, threshold, True)


def _unclear(places: Sequence[Place], threshold: float) -> Diagnosis:
    staged = [place for place in places if place.cells]
    turned = [place for place in staged if place.stages & INDUSTRY]
    share = len(turned) / len(staged) if staged else None
    figure = Figure(
        name="industry_orientation",
        value=share,
        unit="share",
        rows=len(places),
        missing=1 - len(staged) / len(places) if places else 0.0,
        formula="facilities that serve industrial technology or industrialisation / facilities with a stage",
        counts={"for_industry": float(len(turned)), "staged": float(len(staged))},
        row_ids=tuple(place.id for place in turned),
        note="" if staged else NOT_KNOWN if places else NONE_RECORDED,
    )
    return Diagnosis("unclear_orientation", _result(figure, threshold, above=False), figure, threshold, False)


def _loose(found: Cluster, threshold: float) -> Diagnosis:
    near, linked = found.parts["proximity"], found.parts["links"]
    known = near.value is not None and linked.value is not None
    value = ((near.value or 0.0) + (linked.value or 0.0)) / 2 if known else None
    figure = Figure(
        name="near_and_linked",
        value=value,
        unit="index",
        rows=near.rows,
        missing=near.missing,
        formula=f"mean of ({near.formula}) and ({linked.formula})",
        counts={**near.counts, "linked": linked.counts["linked"]},
        row_ids=near.row_ids,
        note="" if known else near.note or linked.note,
    )
    return Diagnosis("loose_cluster", _result(figure, threshold, above=False), figure, threshold, False)


def _result(figure: Figure, threshold: float, *, above: bool) -> str:
    if figure.value is None:
        return "cannot tell"
    return "fault" if (figure.value >= threshold if above else figure.value < threshold) else "no fault"
