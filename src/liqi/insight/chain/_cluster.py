"""The cluster index: near, linked, complete, divided in labour and handing on; its five parts are always shown.

The parts follow the definition "neighbours in space that are linked, with a whole chain, a clear division of labour
and joint innovation" (the origin paper on clusters of innovation infrastructure); the measure of each is ours.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from liqi.insight.chain._matrix import CLASSES, STAGES, Place
from liqi.insight.figure import NONE_RECORDED, NOT_KNOWN, Figure
from liqi.insight.location import between_km

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
    pairs = len(places) * (len(places) - 1) // 2
    near, placed = _near(places, radius_km)
    celled = [place for place in places if place.cells]
    celled_pairs = len(celled) * (len(celled) - 1) // 2
    edges = _edges(places)
    linked = len(edges)
    cells = {cell for place in celled for cell in place.cells}
    shared = _shared(celled)
    crossed = sum(_crossed(edges, *step) for step in pairwise(STAGES))
    steps, whole = len(STAGES) - 1, len(CLASSES) * len(STAGES)
    unstaged = 1 - len(celled) / len(places) if places else 0.0
    values: dict[str, tuple[float | None, float, dict[str, float]]] = {
        "proximity": (near / placed if placed else None, 1 - placed / pairs if pairs else 0.0,
                      {"near": near, "pairs": placed}),
        "links": (linked / pairs if pairs else None, 0.0, {"linked": linked, "pairs": pairs}),
        "completeness": (len(cells) / whole if celled else None, unstaged, {"filled": len(cells), "of": whole}),
        "division": (1 - shared / celled_pairs if celled_pairs else None, unstaged, {"pairs": celled_pairs}),
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
    return Cluster(_figure("innovation_cluster", index, missing, {}, FORMULA, ids), parts)


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


def _near(places: Sequence[Place], radius_km: float) -> tuple[int, int]:
    """How many pairs with both points are within the radius, and how many such pairs there are."""
    import numpy as np

    points = [(p.latitude, p.longitude) for p in places if p.latitude is not None and p.longitude is not None]
    lat, lon = np.array(points, dtype=float).reshape(-1, 2).T
    rows = (between_km(lat[i : i + 1], lon[i : i + 1], lat[i + 1 :], lon[i + 1 :]) for i in range(len(points) - 1))
    return sum(int((row <= radius_km).sum()) for row in rows), len(points) * (len(points) - 1) // 2


def _edges(places: Sequence[Place]) -> list[tuple[Place, Place]]:
    """Every linked pair once, whichever of the two names the other."""
    by_id = {place.id: place for place in places}
    pairs = {(min(a.id, b), max(a.id, b)) for a in places for b in a.links if b in by_id and b != a.id}
    return [(by_id[a], by_id[b]) for a, b in sorted(pairs)]


def _shared(places: Sequence[Place]) -> float:
    """The sum over pairs of shared cells / cells of either; facilities that are alike are taken together."""
    alike = Counter(place.cells for place in places)
    same = sum(n * (n - 1) / 2 for n in alike.values())
    return same + sum(n * m * len(a & b) / len(a | b) for (a, n), (b, m) in combinations(alike.items(), 2))


def _crossed(edges: Sequence[tuple[Place, Place]], before: str, after: str) -> bool:
    """Whether two linked facilities hand on from this stage to the next."""
    return any(
        (before in a.stages and after in b.stages) or (before in b.stages and after in a.stages) for a, b in edges
    )
