"""Needs in words against techniques: words and meaning joined, numbers and limits understood, offers judged."""

from liqi.arguments import explain_face
from liqi.planning.matching._limits import located
from liqi.planning.matching._match import Match, Matches, Why, is_good, match, warm
from liqi.planning.matching._names import is_name
from liqi.planning.matching._need import Asked, Need, corrected, parse_need
from liqi.planning.matching._offers import FAIL, PASS, UNKNOWN, Candidate, Verdict, fits, judge, worth

__all__ = [
    "FAIL",
    "PASS",
    "UNKNOWN",
    "Asked",
    "Candidate",
    "Match",
    "Matches",
    "Need",
    "Verdict",
    "Why",
    "corrected",
    "fits",
    "is_good",
    "is_name",
    "judge",
    "located",
    "match",
    "parse_need",
    "warm",
    "worth",
]

explain_face(__name__)
