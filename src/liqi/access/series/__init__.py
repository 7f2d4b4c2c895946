"""Series: bookings that recur by a rule of RFC 5545, looked at, booked, and changed one, from one on, or all."""

from liqi.access.series._book import Made, book, preview
from liqi.access.series._dates import Date, SeriesRefused
from liqi.access.series._recurrence import MOST, BadRule, moments, parts
from liqi.access.series._scope import SCOPES, cancel, move, of, restore

__all__ = [
    "MOST",
    "SCOPES",
    "BadRule",
    "Date",
    "Made",
    "SeriesRefused",
    "book",
    "cancel",
    "moments",
    "move",
    "of",
    "parts",
    "preview",
    "restore",
]
