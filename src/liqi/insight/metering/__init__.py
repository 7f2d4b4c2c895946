"""Metered use: readings -> what the machine did; booking, log-on, sensor and files of an instrument -> what agrees."""

from liqi.insight.metering._intervals import Interval, bridge, intersect, length, subtract, union, within
from liqi.insight.metering._levels import Level, Stretch, Thresholds, levels
from liqi.insight.metering._parts import Limits, Parts, parts
from liqi.insight.metering._reconcile import (
    Checked,
    Claim,
    Finding,
    Held,
    Kind,
    LoggedOn,
    Proposal,
    Sources,
    Verb,
    reconcile,
)

__all__ = [
    "Checked",
    "Claim",
    "Finding",
    "Held",
    "Interval",
    "Kind",
    "Level",
    "Limits",
    "LoggedOn",
    "Parts",
    "Proposal",
    "Sources",
    "Stretch",
    "Thresholds",
    "Verb",
    "bridge",
    "intersect",
    "length",
    "levels",
    "parts",
    "reconcile",
    "subtract",
    "union",
    "within",
]
