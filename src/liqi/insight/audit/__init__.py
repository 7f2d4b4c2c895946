"""Audit of figures: parts that do not make their whole, ratios that do not follow, days that cannot be."""

from liqi.arguments import explain_face
from liqi.insight.audit._file import read
from liqi.insight.audit._finding import Derived, Finding
from liqi.insight.audit._sum import Sum, parts_of
from liqi.insight.audit._text import Audit, UnreadableText, examine

__all__ = ["Audit", "Derived", "Finding", "Sum", "UnreadableText", "examine", "parts_of", "read"]

explain_face(__name__)
