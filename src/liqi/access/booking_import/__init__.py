"""Bookings from a table, a workbook or a calendar file: looked at row by row, then taken all or none."""

from liqi.access.booking_import._file import LARGEST_BYTES, MOST, read, text_of
from liqi.access.booking_import._row import Row, Unreadable
from liqi.access.booking_import._take import ImportRefused, preview, take

__all__ = ["LARGEST_BYTES", "MOST", "ImportRefused", "Row", "Unreadable", "preview", "read", "take", "text_of"]
