"""The cluster index: near, linked, complete, divided in labour and handing on; its five parts are always shown.

The parts follow the definition "neighbours in space that are linked, with a whole chain, a clear division of labour
and joint innovation" (the origin paper on clusters of innovation infrastructure); the measure of each is ours.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from liqi import taxonomy
from liqi.insight.chain._matrix import CLASSES, STAGES, Place
from liqi.insight.figure import NONE_RECORDED, NOT_KNOWN, Figure

RADIUS_KM = 50.0
"""Two facilities within this distance count as near."""

PARTS = {
    "proximity": "pairs not more than {radius_km:g} km apart / pairs with both points known",
    "links": "linked pairs / all pairs",
    "completeness": "cells with a facility / 12 cells (3 classes x 4 stages)",
    "division": "1 - mean over pairs of (shared cells / cells of either)",
    "synergy": "steps from stage to stage with a link that crosses them / 3 steps",
}
FORMULA = "mean of proximity, links, completeness, division and synergy, each from 0 to 1"


@dataclass(frozen=True, slots=True)
class Cluster:
    """The index and its five parts; a part that cannot be told is None, and so is then the index."""

    index: Figure
    parts: Mapping[str, Figure]

    @property
    def weakest(self) -> str:
        """The part that holds the index down most; empty where nothing is known."""
        known = {name: figure.value for name, figure in self.parts.items() if figure.value is not None}
        return min(known, key=lambda name: known[name]) if known else ""


def cluster(places: Sequence[Place], *, radius_km: float = RADIUS_KM) -> Cluster:
    """The index of these facilities; two at least are needed, for one has no neighbour."""
    pairs = list(combinations(places, 2))
    placed = [(a, b, km) for a, b in pairs if (km := _km(a, b)) is not None]
    celled = [place for place in places if place.cells]
    celled_pairs = list(combinations(celled, 2))
    near = sum(km <= radius_km for _, _, km in placed)
    linked = sum(_linked(a, b) for a, b in pairs)
    cells = {cell for place in celled for cell in place.cells}
    shared = sum(len(a.cells & b.cells) / len(a.cells | b.cells) for a, b in celled_pairs)
    crossed = sum(_crossed(celled, *step) for step in pairwise(STAGES))
    steps, whole = len(STAGES) - 1, len(CLASSES) * len(STAGES)
    unstaged = 1 - len(celled) / len(places) if places else 0.0
    values: dict[str, tuple[float | None, float, dict[str, float]]] = {
        "proximity": (near / len(placed) if placed else None, 1 - len(placed) / len(pairs) if pairs else 0.0,
                      {"near": near, "pairs": len(placed)}),
        "links": (linked / len(pairs) if pairs else None, 0.0, {"linked": linked, "pairs": len(pairs)}),
        "completeness": (len(cells) / whole if celled else None, unstaged, {"filled": len(cells), "of": whole}),
        "division": (1 - shared / len(celled_pairs) if celled_pairs else None, unstaged,
                     {"pairs": len(celled_pairs)}),
        "synergy": (crossed / steps if len(celled) > 1 else None, unstaged, {"crossed": crossed, "of": steps}),
    }  # fmt: skip
    ids = tuple(place.id for place in places)
    parts = {
        name: _figure(name, value, missing, counts, PARTS[name].format(radius_km=radius_km), ids)
        for name, (value, missing, counts) in values.items()
    }
    known = [figure.value for figure in parts.values() if figure.value is not None]
    index = sum(known) / len(PARTS) if len(known) == len(PARTS) else None
    missing = max((figure.missing for figure in parts.values()), default=0.0)
    return Cluster(_figure("cluster_index", index, missing, {}, FORMULA, ids), parts)


def _figure(
    name: str, value: float | None, missing: float, counts: Mapping[str, float], formula: str, ids: tuple[str, ...]
) -> Figure:
    return Figure(
        name=name,
        value=value,
        unit="index",
        rows=len(ids),
        missing=missing,
        formula=formula,
        counts={key: float(n) for key, n in counts.items()},
        row_ids=ids,
        note="" if value is not None else NOT_KNOWN if ids else NONE_RECORDED,
    )


def _km(a: Place, b: Place) -> float | None:
    if a.latitude is None or a.longitude is None or b.latitude is None or b.longitude is None:
        return None
    return taxonomy.distance_km((a.latitude, a.longitude), (b.latitude, b.longitude))


def _linked(a: Place, b: Place) -> bool:
    return b.id in a.links or a.id in b.links


def _crossed(places: Sequence[Place], before: str, after: str) -> bool:
    """Whether two linked facilities hand on from this stage to the next."""
    givers = [place for place in places if before in place.stages]
    takers = [place for place in places if after in place.stages]
    return any(_linked(a, b) for a in givers for b in takers if a.id != b.id)
