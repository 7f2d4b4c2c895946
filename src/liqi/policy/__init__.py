"""Rules as data, one file a policy, and their evaluator: three-valued, dated, traced, Decimal money."""

from liqi.arguments import explain_face
from liqi.policy._check import check, verdicts
from liqi.policy._judge import Verdict, judge, whole
from liqi.policy._levers import Lever, UnknownLever, change, levers, settings
from liqi.policy._load import from_toml, load, parse, rules
from liqi.policy._outline import Line, outline
from liqi.policy._places import NATION, UnknownPlace, covers
from liqi.policy._prove import failures, prove
from liqi.policy._rule import Input, Place, Rule, Text
from liqi.policy._shape import BrokenRule
from liqi.policy._simulate import Firm, Simulation, UnusableFirms, read_firms, simulate
from liqi.policy._sound import CONFIDENCES
from liqi.policy._stack import Combined, Stack, combine, prove_stack, stack_from_toml, stack_of, stacks
from liqi.policy._subject import UnreadableSubject, from_text

__all__ = [
    "CONFIDENCES",
    "NATION",
    "BrokenRule",
    "Combined",
    "Firm",
    "Input",
    "Lever",
    "Line",
    "Place",
    "Rule",
    "Simulation",
    "Stack",
    "Text",
    "UnknownLever",
    "UnknownPlace",
    "UnreadableSubject",
    "UnusableFirms",
    "Verdict",
    "change",
    "check",
    "combine",
    "covers",
    "failures",
    "from_text",
    "from_toml",
    "judge",
    "levers",
    "load",
    "outline",
    "parse",
    "prove",
    "prove_stack",
    "read_firms",
    "rules",
    "settings",
    "simulate",
    "stack_from_toml",
    "stack_of",
    "stacks",
    "verdicts",
    "whole",
]

explain_face(__name__)
