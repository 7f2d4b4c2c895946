"""Booking, orders, metered sessions and the rules they keep."""
