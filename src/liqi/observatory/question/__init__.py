"""The question page: where do we stand in X at Y? Have, imported, missing, makers, needs, rules, next three moves."""

from liqi.insight.inquiry import UnclearQuestion
from liqi.observatory.question._asked import LENSES, Asked, understand
from liqi.observatory.question._holders import table as holders
from liqi.observatory.question._read import Standing, among_peers, narrow, read, rows, standing
from liqi.observatory.question._tell import tell
from liqi.observatory.question._told import Cell, Counted, Link, Point, Said, Section, Step, Table, Told
from liqi.observatory.question._words import LENSES as LENS_WORDS

__all__ = [
    "LENSES",
    "LENS_WORDS",
    "Asked",
    "Cell",
    "Counted",
    "Link",
    "Point",
    "Said",
    "Section",
    "Standing",
    "Step",
    "Table",
    "Told",
    "UnclearQuestion",
    "among_peers",
    "holders",
    "narrow",
    "read",
    "rows",
    "standing",
    "tell",
    "understand",
]
