"""Site choice: weights, rankings with their stability, access, coverage, land, and kinds of places."""

from liqi.insight.sites.accessibility import hansen, huff, near_but_not_in, two_step, within
from liqi.insight.sites.covering import EXACT_SIDE, Chosen, most_covered, p_median
from liqi.insight.sites.land import Parcel, capacity, near, rent_gap
from liqi.insight.sites.ranking import DRAWS, FLIPS, SPREAD, Place, Ranking, promethee, ranked, topsis
from liqi.insight.sites.typology import (
    CANNOT_TELL,
    FACILITY_HUB,
    LIFE_SCIENCE_BELT,
    NEITHER,
    Kind,
    Partner,
    kind,
    partners,
)
from liqi.insight.sites.weights import TOLERATED, Compared, analytic_hierarchy, rank_order_centroid, shared

__all__ = [
    "CANNOT_TELL",
    "DRAWS",
    "EXACT_SIDE",
    "FACILITY_HUB",
    "FLIPS",
    "LIFE_SCIENCE_BELT",
    "NEITHER",
    "SPREAD",
    "TOLERATED",
    "Chosen",
    "Compared",
    "Kind",
    "Parcel",
    "Partner",
    "Place",
    "Ranking",
    "analytic_hierarchy",
    "capacity",
    "hansen",
    "huff",
    "kind",
    "most_covered",
    "near",
    "near_but_not_in",
    "p_median",
    "partners",
    "promethee",
    "rank_order_centroid",
    "ranked",
    "rent_gap",
    "shared",
    "topsis",
    "two_step",
    "within",
]
