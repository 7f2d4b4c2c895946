"""Wishes on instruments with opening hours, maintenance, set-up and operators, as one plan with a bound on the best."""

from liqi.arguments import explain_face
from liqi.planning.schedule._bound import SlotPrice, bound, prices
from liqi.planning.schedule._check import broken
from liqi.planning.schedule._planning import Planned, plan
from liqi.planning.schedule._problem import Instrument, Operator, Placed, Plan, Problem, Request, UnusableProblem, value
from liqi.planning.schedule._reading import read
from liqi.planning.schedule._search import greedy, search
from liqi.planning.schedule._why import Otherwise, Unplaced, unplaced

__all__ = [
    "Instrument",
    "Operator",
    "Otherwise",
    "Placed",
    "Plan",
    "Planned",
    "Problem",
    "Request",
    "SlotPrice",
    "Unplaced",
    "UnusableProblem",
    "bound",
    "broken",
    "greedy",
    "plan",
    "prices",
    "read",
    "search",
    "unplaced",
    "value",
]

explain_face(__name__)
