"""What access remembers, one module a noun."""

from liqi.access.models.booking import Booking, BookingQuerySet
from liqi.access.models.order import Order, OrderQuerySet
from liqi.access.models.session import Session, SessionQuerySet
from liqi.access.models.steward import Steward

__all__ = [
    "Booking",
    "BookingQuerySet",
    "Order",
    "OrderQuerySet",
    "Session",
    "SessionQuerySet",
    "Steward",
]
