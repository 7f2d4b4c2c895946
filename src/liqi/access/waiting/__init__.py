"""The waiting list: time that falls free is offered by turns, held for its answer, and goes on when none comes."""

from liqi.access.waiting._line import Turn, line, place
from liqi.access.waiting._offers import accept, due, offer_free, refuse
from liqi.access.waiting._terms import FIELDS, change_terms, terms_of
from liqi.access.waiting._wishes import MOST_INSTRUMENTS, join, prioritise, rejoin, withdraw

__all__ = [
    "FIELDS",
    "MOST_INSTRUMENTS",
    "Turn",
    "accept",
    "change_terms",
    "due",
    "join",
    "line",
    "offer_free",
    "place",
    "prioritise",
    "refuse",
    "rejoin",
    "terms_of",
    "withdraw",
]
