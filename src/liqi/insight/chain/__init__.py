"""The chain from research to industry: what is covered, what is out of balance, and who or what fills a gap."""

from liqi.insight.chain._advice import Advice, NoSuchReadiness, advise
from liqi.insight.chain._balance import SEGMENTS, balance, mid_gap
from liqi.insight.chain._cluster import PARTS, RADIUS_KM, Cluster, cluster
from liqi.insight.chain._consortium import Consortium, TooMuchWanted, cover
from liqi.insight.chain._diagnoses import RESULTS, THRESHOLDS, Diagnosis, diagnose
from liqi.insight.chain._matrix import CLASSES, STAGES, Matrix, Place, matrix
from liqi.insight.chain._official import GROUP_OF, OFFICIAL_GROUPS, crosswalk
from liqi.insight.chain._pairs import Gain, class_gains, partner_gains
from liqi.insight.chain._talent import EXPECTED, TALENTS, TalentMatrix, talent

__all__ = [
    "CLASSES",
    "EXPECTED",
    "GROUP_OF",
    "OFFICIAL_GROUPS",
    "PARTS",
    "RADIUS_KM",
    "RESULTS",
    "SEGMENTS",
    "STAGES",
    "TALENTS",
    "THRESHOLDS",
    "Advice",
    "Cluster",
    "Consortium",
    "Diagnosis",
    "Gain",
    "Matrix",
    "NoSuchReadiness",
    "Place",
    "TalentMatrix",
    "TooMuchWanted",
    "advise",
    "balance",
    "class_gains",
    "cluster",
    "cover",
    "crosswalk",
    "diagnose",
    "matrix",
    "mid_gap",
    "partner_gains",
    "talent",
]
