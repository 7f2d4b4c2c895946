"""Location: where industries gather, how far, with whom, and whether a story holds without one case.

`distance_density`, `coagglomeration` and `complexity` work on arrays and are imported by name, so that the rest is
there at once: `from liqi.insight.location import complexity`.
"""

from liqi.insight.location.agglomeration import Agglomeration, ellison_glaeser
from liqi.insight.location.anchors import Anchor, Firm, anchors
from liqi.insight.location.distance import between_km
from liqi.insight.location.quotients import Standing, league, quotient
from liqi.insight.location.ring import EDGES_KM, Band, Ring, Without, ring
from liqi.insight.location.shift_share import ShiftShare, shift_share
from liqi.insight.location.specialisation import (
    cluster_index,
    gini_of_concentration,
    gini_of_specialisation,
    krugman,
    krugman_among,
)

__all__ = [
    "EDGES_KM",
    "Agglomeration",
    "Anchor",
    "Band",
    "Firm",
    "Ring",
    "ShiftShare",
    "Standing",
    "Without",
    "anchors",
    "between_km",
    "cluster_index",
    "ellison_glaeser",
    "gini_of_concentration",
    "gini_of_specialisation",
    "krugman",
    "krugman_among",
    "league",
    "quotient",
    "ring",
    "shift_share",
]
