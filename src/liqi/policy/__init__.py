"""Rules as data, one file a policy, and their evaluator: three-valued, dated, traced, Decimal money."""

from liqi.policy._check import check, verdicts
from liqi.policy._judge import Verdict, judge, whole
from liqi.policy._load import CONFIDENCES, BrokenRule, from_toml, load, parse, rules
from liqi.policy._places import NATION, UnknownPlace, covers
from liqi.policy._rule import Input, Place, Rule, Text
from liqi.policy._subject import UnreadableSubject, from_text

__all__ = [
    "CONFIDENCES",
    "NATION",
    "BrokenRule",
    "Input",
    "Place",
    "Rule",
    "Text",
    "UnknownPlace",
    "UnreadableSubject",
    "Verdict",
    "check",
    "covers",
    "from_text",
    "from_toml",
    "judge",
    "load",
    "parse",
    "rules",
    "verdicts",
    "whole",
]
