"""Methods: a data file in, an answer with uncertainty, plots and provenance out; usable with no server."""

from liqi.arguments import explain_face
from liqi.methods._answer import Answer, Column, Finding, Input, Notice, Plot, Table, document
from liqi.methods._errors import BadParameter, Cancelled, UnreadableFile
from liqi.methods._method import Expected, Method, Parameter, Progress
from liqi.methods._registry import all_methods, find_method, list_methods, method_ids
from liqi.methods._text import LANGUAGES, Text

__all__ = [
    "LANGUAGES",
    "Answer",
    "BadParameter",
    "Cancelled",
    "Column",
    "Expected",
    "Finding",
    "Input",
    "Method",
    "Notice",
    "Parameter",
    "Plot",
    "Progress",
    "Table",
    "Text",
    "UnreadableFile",
    "all_methods",
    "document",
    "find_method",
    "list_methods",
    "method_ids",
]

explain_face(__name__)
