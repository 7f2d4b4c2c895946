"""Outages: declared, changed, ended; the bookings that they strike are told, moved or cancelled; windows recur."""

from liqi.access.outages._declare import NotAllowed, Refused, declare, end, require_steward, reschedule, withdraw
from liqi.access.outages._struck import cancel_all, clear, due, strike, way_out
from liqi.access.outages._windows import begin, finish, make_ahead, next_starts

__all__ = [
    "NotAllowed",
    "Refused",
    "begin",
    "cancel_all",
    "clear",
    "declare",
    "due",
    "end",
    "finish",
    "make_ahead",
    "next_starts",
    "require_steward",
    "reschedule",
    "strike",
    "way_out",
    "withdraw",
]
