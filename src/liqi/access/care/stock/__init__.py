"""Stock of a facility: what came in, what was issued and to whom, what is left, what is to be ordered.

Quantities have three places at most. The database carries what is left of a lot with each movement, and lets none
go below zero; `liqi.access.guards` keeps movements from being changed or taken away.
"""

from liqi.access.care.stock._items import add, end, facilities_of, require
from liqi.access.care.stock._levels import Level, due, levels
from liqi.access.care.stock._movements import count, dispose, give_back, issue, receive
from liqi.access.care.stock._used import Used, used

__all__ = [
    "Level",
    "Used",
    "add",
    "count",
    "dispose",
    "due",
    "end",
    "facilities_of",
    "give_back",
    "issue",
    "levels",
    "receive",
    "require",
    "used",
]
