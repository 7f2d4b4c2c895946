"""Boards: the records that people keep in the observatory: firms, projects, needs, scenarios, trials, demand,
targets, parks and what stands in them. One way to read, add, change, take away, undo, take in and give out all of them.
"""

from liqi.observatory.boards._board import BOARDS, Board, UnknownBoard, board
from liqi.observatory.boards._cells import NotPossible, label, said
from liqi.observatory.boards._intake import Problem, Taken, read_mapping, take_in, undo_intake
from liqi.observatory.boards._records import (
    add,
    can_undo,
    change,
    may_keep,
    read,
    require_keeper,
    restore,
    undo,
    withdraw,
)

__all__ = [
    "BOARDS",
    "Board",
    "NotPossible",
    "Problem",
    "Taken",
    "UnknownBoard",
    "add",
    "board",
    "can_undo",
    "change",
    "label",
    "may_keep",
    "read",
    "read_mapping",
    "require_keeper",
    "restore",
    "said",
    "take_in",
    "undo",
    "undo_intake",
    "withdraw",
]
