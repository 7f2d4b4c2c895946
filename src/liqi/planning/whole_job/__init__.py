"""The first time for a whole job: steps on instruments one after the other, free periods in, plans out, exact."""

from liqi.arguments import explain_face
from liqi.planning.whole_job._search import first
from liqi.planning.whole_job._steps import NoTime, Period, Placed, Plan, Step

__all__ = ["NoTime", "Period", "Placed", "Plan", "Step", "first"]

explain_face(__name__)
